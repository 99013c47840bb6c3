/**
 * Names in the objects that stand in scope of nearly every handler: Node's request, response, socket and server from 20 to
 * 26, and Express's own. What a name says is worked out once for a process and takes 10 to 15 us while the code is cold,
 * which for the 200 of them was most of a first hit. A name that is missing here costs that much, and nothing else.
 */
const NODE_NAMES = `_events _eventsCount _maxListeners _readableState _writableState _closed _consuming _dumped _connectionKey
_connections _contentLength _defaultKeepAlive _destroyed _expect_continue _handle _hadError _hasBody _header _headerSent
_headers _host _httpMessage _idleNext _idlePrev _idleStart _idleTimeout _keepAliveTimeout _last _listeningId
_maxRequestsPerSocket _onPendingData _onTimeout _parent _paused _closeAfterHandlingError _pendingData _pendingEncoding
_removedConnection _removedContLen _removedTE _repeat _sent100 _server _sockname _timerArgs _trailer _unref _url
_usingWorkers _workers _consumed aborted accept addListener allowHalfOpen asyncId async_id_symbol awaitDrainWriters buffer
bufferIndex bufferedIndex chunkedEncoding client close complete connecting connection connectionsCheckingInterval cookie
corked data destroyed drain encoding end error errored expiry finish finished headers headersTimeout highWaterMark host
http.server.connections http.server.connectionsCheckingInterval httpAllowHalfOpen httpValidation httpVersion
httpVersionMajor httpVersionMinor incoming IncomingMessage insecureHTTPParser joinDuplicateHeaders kAbortController
kAsyncContextFrame kBuffer kBufferCb kBufferGen kBufferedValue kBytesRead kBytesWritten kCapture kChunkedBuffer
kChunkedLength kEndCallbacks kHandle kHasPrimitive kHeaders kHeadersCount kHighWaterMark kNeedDrain kOutHeaders
kRejectNonStandardBodyWrites kSetKeepAlive kSetKeepAliveInitialDelay kSetNoDelay kSetTOS kSocket kState kTrailers
kTrailersCount kUniqueHeaders kWritableFinished kWriteCbValue kAfterWriteTickInfoValue keepAlive keepAliveInitialDelay
keepAliveTimeout keepAliveTimeoutBuffer lastWriteQueueSize length listening maxHeaderPairs maxHeaderSize maxHeadersCount
maxRequestsOnConnectionReached maxRequestsPerSocket method msecs noDelay on onIncoming onconnection onwrite
OptimizeEmptyRequestsOption outgoing outputData outputSize owner_symbol parser pause pauseOnConnect pendingcb pipes
prefinish prependListener priorityQueuePosition rawHeaders rawTrailers readable reading refed
rejectNonStandardBodyWrites req request requestTimeout requireHostHeader res resource_symbol response resume sendDate
server ServerResponse setEncoding shapeMode shouldKeepAlive shouldUpgradeCallback socket statusCode statusMessage
strictContentLength timeout triggerId upgrade url useChunkedEncodingByDefault user-agent writable writelen accept-encoding
accept-language authorization content-length content-type x-forwarded-for x-request-id app baseUrl body cookies locals
next originalUrl params path query route session user socketListenerWrap socketSetEncoding socketOnError socketOnTimeout
onSocketResume onSocketPause parserOnHeaders parserOnHeadersComplete parserOnBody parserOnMessageComplete
kAbortSignalSocket kAbortSignalListener kAbortSignalDetached kFlushError Host Connection 0 1 2 3 4 5 6`;

/** So many names a step take about a quarter of a millisecond. */
const A_STEP = 16;

/** The names in lists of a step each. Called while the agent loads: the application may replace `split` later. */
export function nodeNames(): readonly (readonly string[])[] {
  const names = NODE_NAMES.split(/\s/);
  const lists: string[][] = [];
  for (let at = 0; at < names.length; at += A_STEP) lists[lists.length] = names.slice(at, at + A_STEP);
  return lists;
}
