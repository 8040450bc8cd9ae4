/** MySQL's names of character sets -> labels of https://encoding.spec.whatwg.org, which TextDecoder knows. */
const ENCODINGS: Record<string, string> = {
  // MySQL's latin1 is Windows-1252.
  latin1: 'windows-1252',
  latin2: 'iso-8859-2',
  latin5: 'windows-1254',
  latin7: 'iso-8859-13',
  greek: 'iso-8859-7',
  hebrew: 'iso-8859-8',
  cp1250: 'windows-1250',
  cp1251: 'windows-1251',
  cp1256: 'windows-1256',
  cp1257: 'windows-1257',
  cp866: 'ibm866',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  gbk: 'gbk',
  gb2312: 'gbk',
  gb18030: 'gb18030',
  big5: 'big5',
  sjis: 'shift_jis',
  cp932: 'shift_jis',
  ujis: 'euc-jp',
  eucjpms: 'euc-jp',
  euckr: 'euc-kr',
  utf16le: 'utf-16le',
  utf16: 'utf-16be',
  ucs2: 'utf-16be',
}

const UTF8 = new Set(['utf8', 'utf8mb3', 'utf8mb4', 'ascii'])

/** `utf8`: nothing to convert; `undefined`: no decoder for it here. */
export function encodingOf(charset: string): string | undefined {
  return UTF8.has(charset) ? 'utf8' : ENCODINGS[charset]
}
