const TEXT = 0x1;
const MASKED = 0x80;
/** Lengths that stand for one behind them, of 2 and of 8 bytes: RFC 6455 section 5.2. */
const LENGTH_16 = 126;
const LENGTH_64 = 127;

export interface WebSocketFrame {
  /** As it came, header included. */
  readonly bytes: Buffer;
  /** Of a text frame. */
  readonly text: string | undefined;
}

/** Cuts one direction of a WebSocket, behind its handshake, into frames. Messages are not fragmented: nobody here does so. */
export class FrameSplitter {
  #rest: Buffer = Buffer.alloc(0);

  push(chunk: Buffer): WebSocketFrame[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const frames: WebSocketFrame[] = [];
    for (let frame = this.#shift(); frame !== undefined; frame = this.#shift()) frames.push(frame);
    return frames;
  }

  #shift(): WebSocketFrame | undefined {
    const rest = this.#rest;
    if (rest.length < 2) return undefined;
    const [opcode, masked, short] = [
      rest.readUInt8(0) & 0x0f,
      (rest.readUInt8(1) & MASKED) !== 0,
      rest.readUInt8(1) & 0x7f,
    ];
    const lengthBytes = short === LENGTH_64 ? 8 : short === LENGTH_16 ? 2 : 0;
    const header = 2 + lengthBytes + (masked ? 4 : 0);
    if (rest.length < header) return undefined;
    const length =
      short === LENGTH_64 ? Number(rest.readBigUInt64BE(2)) : short === LENGTH_16 ? rest.readUInt16BE(2) : short;
    if (rest.length < header + length) return undefined;
    const bytes = rest.subarray(0, header + length);
    this.#rest = rest.subarray(header + length);
    if (opcode !== TEXT) return { bytes, text: undefined };
    const payload = bytes.subarray(header);
    if (!masked) return { bytes, text: payload.toString() };
    const mask = bytes.subarray(header - 4, header);
    return { bytes, text: Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0))).toString() };
  }
}
