import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRedactor } from '@borescope/redaction';
import { proves } from '../../tests/proves.ts';
import { hides, hidesEverywhere, stays } from './hiding.ts';

const redactor = createRedactor({});

const PUBLIC = 'ip-address';
const PRIVATE = 'private-ip-address';
const MAC = 'mac-address';

/** Resolvers that everybody may ask, and examples of RFC 4291 and of the registries. */
const ROUTED = `8.8.8.8 1.1.1.1 9.9.9.9 193.0.14.129 172.32.0.1 100.128.0.1 2606:4700:4700::1111 2001:4860:4860::8888
  2620:fe::fe 2001:500:2::c 2400:cb00:2048:1:0:0:681c:1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1
  2001:4860:4860:0:0:0:0:8888 2606:4700:4700::1111/48 8.8.8.0/24`.split(/\s+/);

const SPECIAL = `127.0.0.1 0.0.0.0 10.1.2.3 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 192.0.0.8
  192.0.2.1 198.51.100.7 203.0.113.9 198.18.0.1 198.19.255.255 192.88.99.1 224.0.0.251 240.0.0.1 255.255.255.255
  192.168.0.0/16 10.0.0.0/8 ::1 fe80::1 fe80::1%eth0 fe80::1%25en0 fe80::1%1 fc00::1 fd12:3456:789a:1::1 ff02::fb
  2001:db8::1 2001:DB8:0:0:8:800:200C:417A 2001:db8::/32 3fff::1 100::1 64:ff9b:1::1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1
  ::10.0.0.1 ::ffff:c0a8:101 fec0::1 4000::1 ::/0 fe80::1%eth0/64 1:2:3:4:5:6:7:8 ::2:3:4:5:6:7:8`.split(/\s+/);

test(
  proves('redaction:address', 'addresses of IPv4 and IPv6 are told apart by what the registries say of them'),
  () => {
    for (const address of ROUTED) hidesEverywhere(address, PUBLIC);
    for (const address of SPECIAL) hidesEverywhere(address, PRIVATE);
  },
);

test('an address is found with its port, brackets and label, in errors, headers and URLs', () => {
  hides('connect ECONNREFUSED ', '127.0.0.1', ':6379', PRIVATE);
  hides('connect ECONNREFUSED ', '::1', ':27017', PRIVATE);
  hides('connect ECONNREFUSED ', '::1', ':27017: later', PRIVATE);
  hides('connect ECONNREFUSED ', '::1:6379', '', PRIVATE);
  hides('connect ETIMEDOUT ', '2606:4700:4700:0:0:0:0:1111', ':443', PUBLIC);
  hides('bind EADDRINUSE ', '0.0.0.0', ':80', PRIVATE);
  hides('http://', '8.8.8.8', '/a/1.5', PUBLIC);
  hides('https://', '8.8.8.8', ':8443/x?y=1', PUBLIC);
  hides('http://[', '2001:db8::1', ']:80/path', PRIVATE);
  hides('http://[', '::', ']:3000', PRIVATE);
  hides('http://[', 'fe80::1%25eth0', ']/', PRIVATE);
  hides('postgres://[redacted:url-credentials]@', '10.0.0.1', '/shop', PRIVATE);
  hides('ssh root@', '10.0.0.1', '', PRIVATE);
  hides('getaddrinfo localhost/', '127.0.0.1', '', PRIVATE);
  hides('example.com/', '8.8.8.8', ':443', PUBLIC);
  hides('ip:', '2606:4700::1', '', PUBLIC);
  hides('src=', 'fe80::1', ' dst', PRIVATE);
  hides('for="[', '2606:4700::17', ']:4711"', PUBLIC);
  hides('Route is ', '10.0.0.0/8', '.', PRIVATE);
  hides('', '10.0.0.1', '/index/2', PRIVATE);
  hides('from ', '8.8.8.8', ': refused', PUBLIC);
  hides('from ', 'fe80::1', ': refused', PRIVATE);
  hides('line one\\n', '8.8.8.8', '\\nline three', PUBLIC);
  hides('line one\\n', 'fe80::1', '\\nline three', PRIVATE);
  hides('?next=http%3A%2F%2F', '8.8.8.8', '%2Fa', PUBLIC);
  hides('?ip=%20', '10.0.0.1', '', PRIVATE);
  hides('?ip=', '2606%3A4700%3A%3A1', '&b=1', PUBLIC);
  hides('地址', '8.8.8.8', '。', PUBLIC);
  hides('the server ', '8.8.8.8', '', PUBLIC);
  hides('version of ', '8.8.8.8', '', PUBLIC);
  hides('version: ', '192.168.1.1', '', PRIVATE);
});

test('a list of forwarded addresses is hidden one by one', () => {
  const list = (first: string, second: string, third: string) => `via ${first}, ${second}, "[${third}]:80"`;
  assert.equal(
    redactor.text(list('8.8.8.8', '10.0.0.1', '2606:4700::1'))?.text,
    list(`[redacted:${PUBLIC}]`, `[redacted:${PRIVATE}]`, `[redacted:${PUBLIC}]`),
  );
  assert.equal(redactor.text('10.0.0.1-10.0.0.20')?.text, `[redacted:${PRIVATE}]-[redacted:${PRIVATE}]`);
});

test('an address has no pseudonym, because all can be gone through', () => {
  const keyed = createRedactor({ pseudonym: () => 'same' });
  for (const address of ['8.8.8.8', '10.20.30.40', '00:00:5e:00:53:af'])
    assert.equal(keyed.text(address)?.findings[0]?.pseudonym, undefined);
});

test('versions, object identifiers and numbers of sections stay', () => {
  stays(
    'v1.2.3.4',
    'Mozilla/5.0 (X11) Chrome/120.0.0.0 Safari/537.36',
    'Chrome/127.0.0.0',
    'version: 10.0.1.2',
    'version 1.2.3.4',
    'appVersion="1.2.3.4"',
    '{"app_version":"1.2.3.4"}',
    '{\\"sdkVersion\\":\\"1.2.3.4\\"}',
    'Version=4.0.0.0, Culture=neutral',
    '{"@acme/pkg": "1.2.3.4"}',
    '"^1.2.3.4"',
    '~1.2.3.4',
    '>=1.2.3.4',
    'pkg-1.2.3.4.tgz',
    '1.2.3.4-beta.1',
    '1.2.3.4+build7',
    '1.3.6.1.4.1.311',
    'OID.2.5.4.3',
    '2.5.4.3=Anna',
    'section 1.2.3.4',
    '§1.2.3.4',
    'see 1.2.3.4.5',
    '1.2.3',
    '1.2.3.4_5',
    'IP8.8.8.8text',
    '256.1.1.1',
    '1.2.3.256',
    '1.2.03.4',
    '8.8.8.8888',
    '3.14159, 2.5, 1.2e3',
    '29.11.2026 12.30',
  );
});

test('times, paths of code, selectors and identifiers with colons stay', () => {
  stays(
    '12:34:56',
    '00:00:00',
    '2026-11-29T12:34:56.789Z',
    '2026-11-29 12:34:56+01:00',
    'a::b',
    'std::vector<a::B>',
    'dead::beef',
    'f32::consts::PI',
    'A::B::C',
    'li::before { } p::after',
    'a :: b',
    '::',
    'list[1::2] + list[::2]',
    'arn:aws:s3:::bucket',
    'arn:aws:iam::123456789012:role/a',
    'SELECT 1::bigint, a::text',
    'address already in use :::3000',
    'a1b2:c3d4',
    '1:2:3',
    '16:9',
    'node:fs:601:3',
    '::1::2',
    '1::2::3',
    '::ffff:300.0.0.1',
    '::ffff:192.168.1',
    '::1banana',
    '12345::1',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    'urn:isbn:0451450523',
    '{"a":1,"b":2}',
  );
});

/** The documentation range of RFC 9542 section 2.1.3, and forms of it. */
const MACS = `00:00:5e:00:53:af 00-00-5E-00-53-AF 0000.5e00.53af 02:00:5e:10:00:00:00:01 02-00-5e-10-00-00-00-01
  000c.29ab.5e00 008a.5e00.53af 000A.9959.6816 0200.5e10.0000.0001 ff:ff:ff:ff:ff:ff 01:00:5E:90:10:00 12:34:56:78:90:12 ab:cd:ef:ab:cd:ef`.split(
  /\s+/,
);

test(proves('redaction:address', 'hardware addresses of six and eight octets are hidden'), () => {
  for (const address of MACS) hidesEverywhere(address, MAC);
  hides('mac:', '00:00:5e:00:53:af', ' up', MAC);
  hides('node-', '00-00-5e-00-53-af', '', MAC);
  hides('[', '00:00:5e:00:53:af', ']', MAC);
  hides('?mac=', '00%3A00%3A5e%3A00%3A53%3Aaf', '&a=1', MAC);
  hides('mac ', '00005e0053af', ', up', MAC);
  hides('{"mac":"', '00005e0053af', '"}', MAC);
  hides('device_mac=', '00005E0053AF', '&a=1', MAC);
});

test('fingerprints, UUIDs, dates and digits that are no hardware address stay', () => {
  stays(
    '43:51:43:a1:b5:fc:8b:b7:0a:3a:a9:b1:0f:66:73:a8', // MD5
    'D4:9F:EB:D3:A9:C5:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD', // SHA-1
    `SHA256 ${'AB:'.repeat(31)}CD`,
    '550e8400-e29b-41d4-a716-446655440000',
    '12:34:56',
    '00:00:5e:00:53',
    '00:00:5e:00:53:af:01',
    '00:00:5e:00:53:zz',
    '00:00:5e:00:53:afx',
    '0:0:5e:0:53:af',
    '00:00-5e:00-53:af',
    '2026-11-29-12-30-15',
    '1234.5678.9012',
    'cafe.babe',
    '00005e0053af',
    'Buffer 00 00 5e 00 53 af',
    'macro 00005e0053af',
    'mac 00005e0053af01',
  );
});
