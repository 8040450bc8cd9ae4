/** Breaks XML in one place: entities, tags, texts, attributes, sizes, encodings. */
import { HOSTILE_TEXTS } from './hostile.ts'
import type { Random } from './random.ts'

const DOCTYPES = [
  '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>',
  '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
  '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>',
]

type Break = (xml: string, random: Random) => string

const BREAKS: readonly Break[] = [
  (xml, random) => afterHead(xml, random.pick(DOCTYPES)),
  (xml, random) =>
    withText(xml, random, () => random.pick(['&a;', '&c;', '&e;', '&#0;', '&#xd800;', '&#x110000;', '&bogus;'])),
  (xml, random) => withText(xml, random, () => escaped(random.pick(HOSTILE_TEXTS))),
  (xml, random) => withText(xml, random, () => random.pick(HOSTILE_TEXTS)),
  (xml, random) => withText(xml, random, (text) => `<![CDATA[${text}]]>`),
  (xml, random) => withTag(xml, random, () => ''),
  (xml, random) => withTag(xml, random, (tag) => tag + tag),
  (xml, random) => withTag(xml, random, (tag) => tag.replace(/^<(\/?)([\w:]+)/, '<$1x:$2')),
  (xml, random) => withTag(xml, random, (tag) => tag.replace(/\/?>$/, ` a="${'x'.repeat(random.below(3_000))}"$&`)),
  (xml, random) => withTag(xml, random, (tag) => tag.replace(/\/?>$/, ' a="1" a="2"$&')),
  (xml, random) => withTag(xml, random, (tag) => `${'<n>'.repeat(1 + random.below(500))}${tag}`),
  (xml, random) => withTag(xml, random, (tag) => `<?php echo 1 ?><!-- -- -->${tag}`),
  (xml) => xml.replace(/encoding="[^"]*"/, 'encoding="utf-16"'),
  (xml) => xml.replace(/http:\/\/schemas\.xmlsoap\.org\/soap\/envelope\//g, 'urn:other'),
  (xml, random) => xml.slice(0, random.below(xml.length)),
  (xml) => xml + xml,
]

export function brokenXml(xml: string, random: Random): string {
  return random.pick(BREAKS)(xml, random)
}

function afterHead(xml: string, text: string): string {
  const end = xml.startsWith('<?xml') ? xml.indexOf('?>') + 2 : 0
  return xml.slice(0, end) + text + xml.slice(end)
}

function withText(xml: string, random: Random, change: (text: string) => string): string {
  const texts = [...xml.matchAll(/>([^<]+)</g)]
  if (texts.length === 0) return xml
  const found = random.pick(texts)
  const start = found.index + 1
  const text = found[1] ?? ''
  return xml.slice(0, start) + change(text) + xml.slice(start + text.length)
}

function withTag(xml: string, random: Random, change: (tag: string) => string): string {
  const tags = [...xml.matchAll(/<\/?[\w:]+[^>]*>/g)]
  if (tags.length === 0) return xml
  const { 0: tag, index } = random.pick(tags)
  return xml.slice(0, index) + change(tag) + xml.slice(index + tag.length)
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}
