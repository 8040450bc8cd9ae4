/**
 * The cities that the company serves. Landlines come from the ranges that Ofcom keeps for drama
 * (https://www.ofcom.org.uk/phones-and-broadband/phone-numbers/numbers-for-drama), 1,000 numbers a city, and after these from
 * what follows them. Only cities whose drama range passes libphonenumber's check are here.
 */
export interface City {
  name: string
  county: string
  /** National prefix of the drama range without its last three digits. */
  landlinePrefix: string
  /** Postcode area with its districts. */
  postcodeArea: string
  districtMax: number
  suburbs: readonly string[]
}

export const CITIES: readonly City[] = [
  city('Bristol', 'Avon', '01174960', 'BS', 16, 'Clifton|Bedminster|Horfield|Redland|Totterdown'),
  city('Leeds', 'West Yorkshire', '01134960', 'LS', 20, 'Headingley|Roundhay|Beeston|Armley|Chapel Allerton'),
  city('Sheffield', 'South Yorkshire', '01144960', 'S', 14, 'Ecclesall|Hillsborough|Walkley|Nether Edge'),
  city('Leicester', 'Leicestershire', '01164960', 'LE', 9, 'Aylestone|Clarendon Park|Knighton|Belgrave'),
  city('Reading', 'Berkshire', '01184960', 'RG', 8, 'Caversham|Tilehurst|Earley|Whitley'),
  city('Birmingham', 'West Midlands', '01214960', 'B', 46, 'Moseley|Harborne|Edgbaston|Kings Heath|Erdington'),
  city('Edinburgh', 'Midlothian', '01314960', 'EH', 17, 'Leith|Morningside|Corstorphine|Portobello'),
  city('Glasgow', 'Lanarkshire', '01414960', 'G', 46, 'Partick|Shawlands|Dennistoun|Hyndland'),
  city('Liverpool', 'Merseyside', '01514960', 'L', 25, 'Aigburth|Anfield|Woolton|Wavertree'),
  city('Manchester', 'Greater Manchester', '01614960', 'M', 34, 'Didsbury|Chorlton|Levenshulme|Fallowfield'),
  city('London', 'Greater London', '02079460', 'SE', 28, 'Peckham|Greenwich|Dulwich|Deptford|Sydenham'),
  city('Newcastle upon Tyne', 'Tyne and Wear', '01914980', 'NE', 18, 'Jesmond|Heaton|Gosforth|Fenham'),
  city('Belfast', 'County Antrim', '02896496', 'BT', 17, 'Ballyhackamore|Malone|Stranmillis'),
  city('Cardiff', 'South Glamorgan', '02920180', 'CF', 15, 'Canton|Roath|Llandaff|Splott|Pontcanna'),
]

const ENDINGS = ['Road', 'Street', 'Avenue', 'Lane', 'Close', 'Terrace', 'Gardens', 'Crescent', 'Way', 'Drive']

export const STREETS: readonly string[] = combine(
  `High Station Church Park Victoria Queens Kings Mill Albert Green Chapel North South West East School Grove Manor
  Highfield Alexandra Stanley Richmond Windsor York Springfield George London Clarence Hawthorn Beech Oak Elm Willow
  Chestnut Cedar Rowan Lime Laurel Primrose Bramble Orchard Meadow Brook River Bridge Wharf Canal Castle Abbey Priory
  Vicarage Bishop Nelson Wellington Trafalgar Waterloo Cromwell Tudor Balmoral Sandringham Osborne Warwick Lancaster
  Salisbury Cavendish Devonshire Rutland Harcourt Wexford Larkspur Kestrel Heron Kingfisher Swallow Foxglove Tanyard
  Ropewalk Saltmarsh Brickfield Lamplighter Cooper's Weaver's Fuller's Pilgrim's`,
)

/** How clerks shorten the endings. */
export const SHORT_ENDINGS: Readonly<Record<string, string>> = {
  Road: 'Rd',
  Street: 'St',
  Avenue: 'Ave',
  Lane: 'Ln',
  Close: 'Cl',
  Terrace: 'Terr',
  Gardens: 'Gdns',
  Crescent: 'Cres',
  Drive: 'Dr',
}

function combine(text: string): string[] {
  return text
    .trim()
    .split(/\s+/)
    .flatMap((stem, index) => [0, 3, 7].map((step) => `${stem} ${ENDINGS[(index + step) % ENDINGS.length] ?? 'Road'}`))
}

function city(
  name: string,
  county: string,
  landlinePrefix: string,
  postcodeArea: string,
  districtMax: number,
  suburbs: string,
): City {
  return { name, county, landlinePrefix, postcodeArea, districtMax, suburbs: suburbs.split('|') }
}
