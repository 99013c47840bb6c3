import { SCOPES, USUAL_SCOPES } from '../access/scopes.ts';
import { PATHS, resourceOf } from './endpoints.ts';

/** Where the metadata of the resource `<base>/mcp` stands (RFC 9728, 3.1). */
const RESOURCE_METADATA = '/.well-known/oauth-protected-resource/mcp';

/** What `/mcp` is, and who gives tokens for it (RFC 9728). */
export function resourceMetadata(base: string) {
  return {
    resource: resourceOf(base),
    authorization_servers: [base],
    // The scope `admin` is for who asks for it: clients ask for all that stands here.
    scopes_supported: USUAL_SCOPES,
    bearer_methods_supported: ['header'],
    resource_name: 'Borescope',
  };
}

/** How to get one (RFC 8414). */
export function serverMetadata(base: string, { clientDocuments }: { clientDocuments: boolean }) {
  const methods = ['none', 'client_secret_post', 'client_secret_basic'];
  return {
    issuer: base,
    authorization_endpoint: base + PATHS.authorization,
    token_endpoint: base + PATHS.token,
    registration_endpoint: base + PATHS.registration,
    revocation_endpoint: base + PATHS.revocation,
    device_authorization_endpoint: base + PATHS.device_authorization,
    scopes_supported: SCOPES,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
    token_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: clientDocuments,
  };
}

/** The challenge of RFC 6750 with what RFC 9728 adds, by which a client finds all else. */
export function challenge(base: string, parameters: Readonly<Record<string, string>>): string {
  const all = { realm: 'borescope', ...parameters, resource_metadata: base + RESOURCE_METADATA };
  return `Bearer ${Object.entries(all)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}
