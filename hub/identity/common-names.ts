import { isInNicknameTable } from './nicknames.ts'

/**
 * Names so common in some large country that agreement on them says less. They stand in for term frequencies where no
 * snapshot has been taken: the shipped model has a level of its own for them. Common knowledge, not counted from data.
 */
const COMMON_FAMILY_NAMES = new Set(
  `smith jones williams brown taylor davies wilson evans thomas johnson roberts walker wright robinson thompson white
  hughes edwards green hall lewis harris clarke patel jackson wood turner martin cooper hill ward morris moore clark lee
  king baker harrison morgan allen james scott phillips miller davis garcia rodriguez martinez hernandez lopez gonzalez
  perez sanchez ramirez torres rivera nguyen tran anderson kelly ryan murphy young mitchell campbell stewart khan singh
  kaur ali ahmed wang li zhang liu chen yang huang wu kim park choi muller schmidt schneider fischer weber meyer wagner
  becker schulz hoffmann dubois bernard durand rossi russo ferrari bianchi silva santos ferreira pereira oliveira souza
  costa johansson andersson karlsson nilsson hansen olsen jensen nielsen ivanov ivanova kowalski nowak jansen devries
  novak horvat yilmaz kaya tanaka suzuki sato mohamed hussein`.split(/\s+/),
)

const COMMON_GIVEN_NAMES = new Set(
  `john james david michael robert william richard thomas paul peter mark andrew daniel christopher matthew joseph george
  anthony steven stephen kevin brian edward charles jack joshua luke samuel benjamin ryan adam alexander nicholas mary
  maria anna elizabeth jennifer susan margaret sarah karen patricia linda barbara nancy lisa emma laura jessica emily
  sophie rachel rebecca michelle nicole anne catherine helen christine julie amanda jose juan carlos luis antonio francisco
  manuel miguel mohammed mohamed muhammad ahmed ali hans klaus wolfgang thomas stefan andreas martin jan pierre jean marie
  giuseppe giovanni marco francesca laura ana joao wei li min ivan olga anton elena mehmet fatma yusuf`.split(/\s+/),
)

/** More given names, known so that two of them are never taken for a slip of each other: `hayden` is not `jayden`. */
const OTHER_GIVEN_NAMES = new Set(
  `aaron adrian aidan aiden alana alba alberto aldo alfonso alicia alina alma alyssa amber amy andre angelo anja anneliese
  annika ariana ashley ava bailey beau bella bianca blake brandon brayden brenda brett brianna brock brooke bruce bruno bryan
  bryce caitlin caleb callum cameron camille carla carmen carter chelsea chloe clarissa claudia cody colin connor cooper
  courtney craig dale damian damien dana darren dean denise diana diane diego dieter dirk donna dora dylan ebony elena eli
  elise ella ellen elsa erica erik erika erin ethan eva evan fabio felix fernando finn fiona flora florian gary gavin gemma
  gerda giulia giulio glen glenn gloria gordon grace graham hailey hannah hanna harrison haley hayden hayley heather heidi
  heike hilary holly hugh hugo ian imogen ines ingrid irina irma isla isaiah jaden jade jared jason jay jayden jaime jana
  jasper jaxon jenna jens jesse jill joan jodie joel jonas jordan jorge joyce juliana julio justin kai kaitlyn karin karina
  kayla keith kelly kerry kiara kim kirsten kirsty kristen kurt kyle lachlan lara lars laurel lauren layla leah leila
  leon lena lennon leroy leslie levi lewis liam lilly lina linus lionel lorna louise lucinda luisa lukas lydia lynn mackenzie madison
  mario marina marion marissa marlene marta mason mathilda maya megan mia mila miles milo mina mira miriam mohamad monica
  monika morgan naomi natalia neil nina noah noel nora oscar otto owen pascal paula pauline petra phoebe rafael ralf ramon
  ramona raul regina renate rene rhys riley rita robin rocco roland roman rosa ross rowan roy ruben ruby ruth sabine sabrina
  sally salma sam sandra santiago sara scott sean selina sergio shane shannon shaun shelby sienna silke simone sofia sonia
  sonja sophia stella steven summer susanne sven sylvie tania tara tatiana taylor tessa theo tiffany tina tom tracey tracy
  travis tristan troy tyler uwe valentina vera viktor violet wayne wendy xavier yasmin yolanda yvette zara zoe zoey`.split(
    /\s+/,
  ),
)

export function isCommonFamilyName(name: string): boolean {
  return COMMON_FAMILY_NAMES.has(name)
}

export function isCommonGivenName(name: string): boolean {
  return COMMON_GIVEN_NAMES.has(name)
}

export function isKnownGivenName(name: string): boolean {
  return OTHER_GIVEN_NAMES.has(name) || COMMON_GIVEN_NAMES.has(name) || isInNicknameTable(name)
}
