/**
 * Given names that stand for one another. The first name of a line is the one that the others are taken for in match
 * keys; a short name may stand on several lines (`alex`, `chris`) and then agrees with each. Common knowledge of names,
 * English first, then other languages that customers of European and American companies often bear.
 */
const GROUPS = `
abigail abby abbie gail
abraham abe bram
adelaide addie adele
agnes aggie
albert al bert bertie
alexander alex alec sandy xander sasha alejandro alessandro lex
alexandra alex alexa sandra sandy lexi sasha alejandra alessandra
alfred alf alfie fred
alice ali
alison ali allie
amanda mandy
amelia millie amy
andrew andy drew andreas andres andrea
angela angie
anne ann anna annie nan nancy hannah anita ana
anthony tony antonio anton ant
antonia toni
archibald archie
arthur art artie
augustus gus august
barbara barb barbie babs
barnaby barney
bartholomew bart
beatrice bea trixie beatriz
benjamin ben benny benji
bernard bernie
bradley brad
bridget bridie biddy
caroline carol carrie carolyn
cassandra cass cassie sandra
catherine katherine kathryn katharine cathy kathy kate katie kat cath kath kit kitty kay katarina caterina catarina
cecilia celia cissy
charles charlie chuck chas charley carlos carlo karl carl
charlotte lottie charlie
christina tina chris christine chrissie kristina cristina
christine chris chrissie tina christina
christopher chris kit topher kris cristobal
clara claire clare
clifford cliff
constance connie
cornelius con neil
cynthia cindy
daniel dan danny dani
danielle dani
david dave davey davy
deborah deb debbie debby debra
dennis den denny
derek del
desmond des
dominic dom nick
donald don donny
dorothy dot dottie dolly dora
douglas doug
edith edie edy
edmund ed eddie ned ted
edward ed eddie ned ted teddy eduardo edoardo
edwin ed eddie
eleanor ellie nell nellie nora elly leonor eleonora
elizabeth liz lizzie beth betty eliza elsie lisa bess libby betsy elisabeth lizzy elspeth isabel isabella elisabetta
emily em emmy millie
emma em
ernest ernie ernst ernesto
esther essie hester
eugene gene
evelyn evie eve
felicity fliss flick
florence flo florrie
frances fran fanny francesca frankie francisca
francis frank francisco francesco paco francois franz fran
franklin frank
frederick fred freddie freddy rick fritz friedrich federico
gabriel gabe
gabrielle gabby gabriela
geoffrey geoff jeff jeffrey
george georgie jorge giorgio georg
georgina georgie gina
gerald gerry jerry
gerard gerry
gertrude gertie trudy
gilbert gil bert
giovanni gianni nino
giuseppe beppe peppe pino
gregory greg gregor
gwendolyn gwen
harold harry hal
harriet hattie
helen nell ellen helena elena
henry harry hank hal heinrich enrique enrico hal heinz
herbert herb bert
hermann manni
howard howie
ignacio nacho
irene rene
isaac ike zac
isabel isabella izzy bella isabelle ysabel
jacob jake jakob
jacqueline jackie
james jim jimmy jamie jem
jane jenny janie janet
jasmine jas jaz
jean jeanie jeannie
jennifer jen jenny jenni jenna
jeremy jerry jez
jessica jess jessie
jesus chuy
joan joanie
joanna jo joanne
jonathan jon johnny jonny
john johnny jack jon johnnie juan johann johannes hans giovanni jean ivan jan sean
joseph joe joey jose josef giuseppe pepe jos
josephine jo josie
joshua josh
joyce joy
judith judy judi
julia julie jules
julian jules
karl charles carlos
kenneth ken kenny
kimberley kim kimberly
konstantin kostas
laura laurie lori
lawrence larry laurie lorenzo laurence
leonard len lenny leo
leonardo leo
lillian lily lil lilian
louis lou louie luis luigi ludwig lewis
louisa lou louise
lucas luke luca lukas
lucy lucia lu
madeleine maddy madeline maddie
magdalena lena magda
malcolm mal
marcus mark marc marco marcos
margaret maggie meg peggy marge margie greta madge margot rita margarita daisy margarete
maria mary marie mia
marilyn mary
martha marty mattie
martin marty
martina tina
mary maria marie molly polly mamie may
matilda tilly mattie
matthew matt matty matteo matthias mateo mats
maureen mo
maurice morris mo
maxwell max
maximilian max
melanie mel
melissa mel lissa
michael mike mick mickey micky miguel michel mikey michele mischa
michelle shelly chelle
mildred millie
miranda mandy
mohammed mohamed muhammad mohammad mo mohd ahmed
mitchell mitch
montgomery monty
nancy nan
natalie nat natalia
natasha tasha nat
nathan nat nate
nathaniel nat nate nathan
nicholas nick nicky nico nicolas nikolaus klaus nicola
nicola nicky nikki nicole
nicole nicky nikki
norman norm
oliver ollie
olivia liv livvy
oscar ozzie
oswald ozzie
pamela pam
patricia pat patty tricia trish patsy
patrick pat paddy pato
paul pablo paolo pauli pavel
penelope penny
peter pete pedro piotr pietro petr
philip phil phillip pip felipe
philippa pippa pip
priscilla cilla
rachel rae rachael
ralph ralf
randolph randy
raymond ray ramon
rebecca becky becca bec
reginald reg reggie
richard rick dick rich ricky richie ricardo riccardo
robert bob rob bobby bert robbie roberto
roberta bobbie
roderick rod
rodney rod
roger rog
ronald ron ronnie
rosalind ros roz
rose rosie rosa rosemary
rosemary rosie rose
rupert robert
russell russ
ruth ruthie
samantha sam sammy
samuel sam sammy
sandra sandy
sarah sally sadie sara
sebastian seb bastian
sharon shaz
sheila shelagh
shirley shirl
sidney sid
silvia sylvia silvie
simon si
solomon sol
sophia sophie sofia
stanislaw stan
stanley stan
stephanie steph stevie stefanie
stephen steve steven stevie stefan esteban
stuart stu stewart
susan sue susie suzie suzanne susanna susana
sydney syd
teresa terry tess theresa tessa teresita
terence terry
thaddeus tad
theodore ted teddy theo teodoro
theodora dora thea
thomas tom tommy tomas tomaso thom
timothy tim timmy
tobias toby
ulrich uli
ursula uschi
valerie val
vanessa nessa
veronica ronnie vera
victor vic
victoria vicky tori vic vicki
vincent vince vinnie vincenzo vicente
violet vi
virginia ginny ginger
vivian viv
vladimir vova volodymyr
walter wally walt
wilfred wilf
wilhelm willi willy
william bill will billy willy liam guillermo guglielmo willem wilhelm guillaume
winifred winnie
wolfgang wolf
yvonne eve
zachary zach zack zachariah zac
`

const groupsOf = new Map<string, number[]>()
const heads: string[] = []

for (const line of GROUPS.trim().split('\n')) {
  const names = line.split(' ')
  heads.push(names[0] ?? '')
  for (const name of names) {
    const groups = groupsOf.get(name)
    if (groups === undefined) groupsOf.set(name, [heads.length - 1])
    else if (!groups.includes(heads.length - 1)) groups.push(heads.length - 1)
  }
}

/** Whether one may stand for the other. Both folded; symmetric. */
export function areNicknames(a: string, b: string): boolean {
  const groupsA = groupsOf.get(a)
  if (groupsA === undefined) return false
  const groupsB = groupsOf.get(b)
  return groupsB !== undefined && groupsA.some((group) => groupsB.includes(group))
}

/** The name that keys use for it: its own, where it heads a line, else the head of its first line, else itself. */
export function nameRoot(name: string): string {
  const first = groupsOf.get(name)?.[0]
  return first === undefined ? name : (heads[first] ?? name)
}

/** Whether the table has it: two different names that are both known are no slip of the finger of each other. */
export function isInNicknameTable(name: string): boolean {
  return groupsOf.has(name)
}
