/** Everything that the page wears: no font, no picture, nothing from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--line:#8883;--soft:#8881;--link:#0a5fb4;--code:#f5f6f8;--get:#1a7f45;--post:#0a5fb4;--patch:#9a6200;--delete:#b3261e}
@media (prefers-color-scheme:dark){:root{--link:#6cb6ff;--code:#1b1f24;--get:#57c98a;--post:#6cb6ff;--patch:#e0b050;--delete:#ff8a80}}
*{box-sizing:border-box}html{scroll-padding-top:1rem}
body{margin:0;font:16px/1.55 system-ui,sans-serif;display:grid;grid-template-columns:17rem minmax(0,1fr)}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.25rem 1rem;border-right:1px solid var(--line);font-size:.875rem}
nav h1{margin:0;font-size:1.35rem}nav p{margin:.25rem 0 1rem}nav h2{font-size:.75rem;letter-spacing:.06em;text-transform:uppercase;opacity:.65;margin:1.25rem 0 .35rem}
nav ul{list-style:none;margin:0;padding:0}nav li a{display:block;padding:.1rem 0;color:inherit}nav details summary{cursor:pointer}
nav summary h2{display:inline-block;margin-bottom:.2rem}
main{padding:1rem 2.5rem 6rem;max-width:88rem}a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
section>h2{margin:3rem 0 0;font-size:1.6rem}
article{border-top:1px solid var(--line);padding:1rem 0 2rem;display:grid;grid-template-columns:minmax(0,1fr) minmax(0,34rem);gap:0 2.5rem}
article .text:only-child{grid-column:1/-1}.code{padding-top:1rem}
h3{margin:.5rem 0 .25rem;font-size:1.2rem}h3 a{color:inherit}h4{margin:1.5rem 0 .35rem;font-size:.95rem}p{margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}td{border-top:1px solid var(--line);padding:.4rem .75rem .4rem 0;vertical-align:top;overflow-wrap:anywhere}
tr:first-child>td{border-top:0}td:first-child{width:11rem;padding-right:1rem}td.status:first-child{width:3.5rem}.type{font-size:.85em;opacity:.85}td>.type{display:block}
.members{list-style:none;margin:.25rem 0;padding:0;font-size:.95em}.members li{padding:.3rem 0;border-top:1px solid var(--line)}.members li:first-child{border-top:0}.members .members{margin-left:1rem}td td{font-size:.95em}
code,pre{font-family:ui-monospace,SFMono-Regular,Menlo,monospace;font-size:.875em}code{background:var(--soft);padding:.05em .3em;border-radius:.25em}
figure{margin:0 0 1rem;border:1px solid var(--line);border-radius:.5rem;overflow:hidden;background:var(--code)}
figcaption{font-size:.8rem;padding:.35rem .8rem;border-bottom:1px solid var(--line);opacity:.8}
pre{margin:0;padding:.75rem .8rem;overflow:auto;max-height:26rem;line-height:1.45;white-space:pre-wrap;overflow-wrap:anywhere}
.address{margin:.25rem 0 .75rem}.address b{font-size:.8rem;padding:.15rem .5rem;border-radius:.3rem;border:1px solid currentColor;margin-right:.35rem}
.address code{background:none;font-size:.95em}
.get{color:var(--get)}.post{color:var(--post)}.patch,.put{color:var(--patch)}.delete{color:var(--delete)}
.media{margin-top:.35rem}i{opacity:.75;font-size:.85em}small{opacity:.75}.going{color:var(--delete);opacity:1}
.codes{font-size:.85em;margin:.15rem 0 0}details{margin:.25rem 0}main details>summary{cursor:pointer;color:var(--link)}
@media (max-width:75rem){article{grid-template-columns:minmax(0,1fr)}}
@media (max-width:50rem){body{display:block}nav{position:static;height:auto;border:0}main{padding:0 1rem 4rem}}
`
