/** What `attach` may be told instead of, or beside, the `BORESCOPE_*` environment. An option wins over the environment. */
export interface AttachOptions {
  /** `ws:` or `wss:` URL of the broker's agent endpoint. */
  readonly url?: string;
  /** An agent token, `bore_agt_...`. */
  readonly token?: string;
  /** File with the certificates of the authorities that count for the broker's certificate, PEM. */
  readonly ca?: string;
  /** `sha256/BASE64` of the public key that the broker's certificate must have; several with commas in between. */
  readonly pin?: string;
  readonly service?: string;
  readonly version?: string;
  readonly environment?: string;
  readonly tags?: Readonly<Record<string, string>>;
  /**
   * What is hidden at least, whatever the broker's policy says. `standard`: what the built-in rules find, without
   * exceptions; `strict`: every value. `policy`, where it is not given: what the policy says.
   */
  readonly redaction?: 'policy' | 'standard' | 'strict';
  /** Patterns of what may never be inspected in this process, whatever the broker's policy says. */
  readonly blocked?: {
    readonly files?: readonly string[];
    readonly packages?: readonly string[];
    readonly classes?: readonly string[];
  };
}

export interface AgentHandle {
  /** False where the agent could not start (one line on stderr said why), or has ended. */
  readonly attached: boolean;
  /** The id under which the broker knows this process; empty where the agent could not start. */
  readonly runtimeId: string;
  /** Removes every probe and ends the agent. Never rejects; a second call does nothing more. */
  detach(): Promise<void>;
}
