import { ALNUM, BASE64URL, HEX_LOWER } from '../../alphabet.ts';
import { exactly, run, type TokenFormat } from './token-format.ts';

/** Services that run models. */
export const MODELS: readonly TokenFormat[] = [
  {
    kind: 'anthropic-key',
    what: 'Anthropic API, admin and OAuth keys',
    source: 'https://docs.anthropic.com/en/api/overview#authentication',
    prefixes: ['sk-ant-'],
    parts: [run(BASE64URL, 24)],
    digit: true,
  },
  {
    kind: 'openai-key',
    what: 'OpenAI keys, and those of the services that took over their form',
    source: 'https://platform.openai.com/docs/api-reference/authentication',
    prefixes: ['sk-proj-', 'sk-svcacct-', 'sk-admin-', 'sk-or-v1-', 'sk-None-', 'sk-'],
    parts: [run(BASE64URL, 32)],
    digit: true,
  },
  {
    kind: 'huggingface-token',
    what: 'Hugging Face user and organization tokens',
    source: 'https://huggingface.co/docs/hub/security-tokens',
    prefixes: ['hf_', 'api_org_'],
    parts: [exactly(ALNUM, 34)],
  },
  {
    kind: 'replicate-token',
    what: 'Replicate API tokens',
    source: 'https://replicate.com/docs/topics/security/api-tokens',
    prefixes: ['r8_'],
    parts: [exactly(ALNUM, 37)],
  },
  {
    kind: 'groq-key',
    what: 'Groq API keys',
    source: 'https://console.groq.com/docs/quickstart',
    prefixes: ['gsk_'],
    parts: [run(ALNUM, 48)],
  },
  {
    kind: 'perplexity-key',
    what: 'Perplexity API keys',
    source: 'https://docs.perplexity.ai/getting-started/quickstart',
    prefixes: ['pplx-'],
    parts: [run(ALNUM, 40)],
  },
  {
    kind: 'xai-key',
    what: 'xAI API keys',
    source: 'https://docs.x.ai/docs/overview',
    prefixes: ['xai-'],
    parts: [run(ALNUM, 60)],
  },
  {
    kind: 'langsmith-key',
    what: 'LangSmith personal and service keys',
    source:
      'https://docs.smith.langchain.com/administration/how_to_guides/organization_management/create_account_api_key',
    prefixes: ['lsv2_pt_', 'lsv2_sk_'],
    parts: [exactly(HEX_LOWER, 32), '_', run(HEX_LOWER, 10)],
  },
];
