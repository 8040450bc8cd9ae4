/** Given names and family names as the company's customers bear them, the common ones first (see Random.pickSkewed). */
export const FEMALE_NAMES = list(`
  Margaret Olivia Emily Sarah Susan Claire Amelia Karen Jessica Laura Hannah Elizabeth Rebecca Charlotte Sophie Emma
  Rachel Helen Joanne Nicola Victoria Katherine Lucy Grace Chloe Alice Rosemary Patricia Jacqueline Deborah Amanda
  Michelle Gemma Natalie Samantha Stephanie Zoë Siân Megan Rhiannon Carys Bronwen Angharad Niamh Aoife Sinéad Róisín
  Catriona Morag Eilidh Fiona Isla Freya Poppy Daisy Harriet Matilda Beatrice Florence Edith Winifred Doris Brenda
  Maureen Pauline Gillian Hazel Joyce Sheila Renée Chloé Anaïs Magdalena Agnieszka Małgorzata Katarzyna Zofia Joanna
  Priya Anjali Deepa Sunita Meera Fatima Aisha Zainab Yasmin Nadia Shabnam Mei Ling Xiuying Ngozi Adaeze Folake Abena
  Ama Efua Inês Conceição Lucía Begoña Elena Irina Svetlana Ioana Raluca Birgit Åsa Ingrid Philippa Imogen
  Tabitha Verity Constance Ottilie Rowena Delyth Mairead Sorcha`)

export const MALE_NAMES = list(`
  David John James Michael Paul Andrew Thomas William Robert Daniel Christopher Matthew Stephen Mark Richard Jack Oliver
  Harry George Joseph Samuel Benjamin Peter Simon Alexander Jonathan Nicholas Anthony Edward Charles Martin Kevin Gary
  Ian Graham Alan Keith Trevor Derek Kenneth Ronald Leonard Frederick Albert Walter Arthur Alfie Archie Noah Leo Oscar
  Theo Henry Max Toby Dylan Rhys Gareth Huw Geraint Emyr Iwan Seán Ciarán Pádraig Eoin Declan Conor Callum Hamish Angus
  Fergus Ruaridh Ewan Duncan Gregor Craig Stuart Neil Piotr Łukasz Tomasz Paweł Krzysztof Stanisław Marek Rajesh Amit
  Sanjay Vikram Arjun Mohammed Ahmed Imran Tariq Yusuf Bilal Wei Jian Hao Chukwuemeka Oluwaseun Kwame Kofi Tunde João
  José Andrés Raúl Ionuț Ștefan Dmitri Jürgen Björn Søren Lars François Étienne Rupert Barnaby Quentin Desmond Lionel
  Percival Ignatius Cuthbert`)

export const FAMILY_NAMES = list(`
  Smith Jones Williams Taylor Davies Brown Wilson Evans Thomas Johnson Roberts Walker Wright Robinson Thompson White
  Hughes Edwards Green Hall Wood Harris Lewis Martin Jackson Clarke Clark Turner Hill Scott Cooper Morris Ward Moore King
  Watson Baker Harrison Morgan Patel Young Allen Mitchell James Anderson Phillips Lee Bell Parker Davis Bennett Miller
  Cook Shaw Campbell Richardson Carter Khan Begum Singh Kaur Ali Hussain Ahmed Murphy Kelly O'Brien O'Neill O'Connor
  Byrne Ryan Walsh Doyle Gallagher Fitzgerald McDonald MacLeod McGregor MacKenzie Stewart Robertson Murray Fraser
  Sinclair Llewellyn Prys Gruffydd Bevan Pritchard Powell Rees Vaughan Gwyther Cadwaladr Nowak Kowalski Wiśniewski
  Wójcik Kamiński Zieliński Szymański Woźniak Dąbrowski Müller Schäfer Weiß Köhler Jørgensen Åkerström Nyström Dubois
  Lefèvre Gauthier Ferreira Gonçalves Araújo Núñez Muñoz García Popescu Ionescu Țurcanu Ivanova Novák Dvořák Kučera
  Okafor Adeyemi Eze Okonkwo Balogun Mensah Boateng Owusu Asante Chen Wang Li Zhang Wong Nguyen Tran Sharma Gupta Mehta
  Shah Desai Chaudhary Rahman Chowdhury Malik Qureshi Ashworth Braithwaite Cholmondeley Featherstone Gathercole
  Higginbotham Inglethorpe Jessop Kettlewell Longbottom Micklethwaite Netherwood Ogilvie Postlethwaite Quartermaine
  Ramsbottom Satterthwaite Threlfall Uttley Venables Wolstenholme Yarwood Ackroyd Birtwistle Copplestone Dewhurst
  Entwistle Fothergill Garside Hardcastle Illingworth Kirkbride Lockwood Midgley Nuttall Oldroyd Pickersgill Rawnsley
  Sowerby Tattersall Umpleby Wigglesworth Pemberton-Hayes Ellis-Morgan Carr-Whitfield Doyle-Adeyemi Van-der-Berg`)

/** The short forms that clerks and customers write; always of a name in the lists above. */
export const NICKNAMES: Readonly<Record<string, readonly string[]>> = {
  Margaret: ['Maggie', 'Peggy'],
  Susan: ['Sue'],
  Elizabeth: ['Liz', 'Beth'],
  Rebecca: ['Becky'],
  Katherine: ['Kate', 'Kathy'],
  Patricia: ['Pat', 'Trish'],
  Jacqueline: ['Jackie'],
  Deborah: ['Debbie'],
  Amanda: ['Mandy'],
  Samantha: ['Sam'],
  Victoria: ['Vicky'],
  Charlotte: ['Lottie'],
  Jessica: ['Jess'],
  Rosemary: ['Rosie'],
  Philippa: ['Pippa'],
  David: ['Dave'],
  James: ['Jim', 'Jimmy'],
  Michael: ['Mike', 'Mick'],
  Andrew: ['Andy'],
  Thomas: ['Tom'],
  William: ['Bill', 'Will'],
  Robert: ['Bob', 'Rob'],
  Daniel: ['Dan'],
  Christopher: ['Chris'],
  Matthew: ['Matt'],
  Stephen: ['Steve'],
  Richard: ['Dick', 'Rick'],
  Joseph: ['Joe'],
  Samuel: ['Sam'],
  Benjamin: ['Ben'],
  Alexander: ['Alex', 'Sandy'],
  Jonathan: ['Jon'],
  Nicholas: ['Nick'],
  Anthony: ['Tony'],
  Edward: ['Ted', 'Eddie'],
  Charles: ['Charlie'],
  Kenneth: ['Ken'],
  Ronald: ['Ron'],
  Frederick: ['Fred'],
}

function list(text: string): readonly string[] {
  return text.trim().split(/\s+/)
}
