import { xmlAttribute } from '../../../connectors/shared/xml.ts'
import type { FieldDefinition, ServiceDefinition, SetDefinition } from './definition.ts'
import { EDM } from './values.ts'

/** The service's `$metadata` as EDMX of its version. */
export function metadataOf(service: ServiceDefinition): string {
  return service.version === '2' ? metadataOfV2(service) : metadataOfV4(service)
}

function metadataOfV2(service: ServiceDefinition): string {
  const { namespace, sets } = service
  const associations = sets.flatMap((set) => (set.navigations ?? []).map((navigation) => ({ set, navigation })))
  return [
    '<?xml version="1.0" encoding="utf-8"?>\n',
    '<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx" xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata" xmlns:sap="http://www.sap.com/Protocols/SAPData">',
    '<edmx:DataServices m:DataServiceVersion="2.0">',
    `<Schema Namespace="${namespace}" xml:lang="en" sap:schema-version="1" xmlns="http://schemas.microsoft.com/ado/2008/09/edm">`,
    ...sets.map((set) =>
      entityType(set, '2', (navigation) => {
        const name = `${namespace}.assoc_${set.name}_${navigation.name}`
        return `<NavigationProperty Name="${navigation.name}" Relationship="${name}" FromRole="From" ToRole="To"/>`
      }),
    ),
    ...associations.map(({ set, navigation }) =>
      [
        `<Association Name="assoc_${set.name}_${navigation.name}">`,
        `<End Type="${namespace}.${set.name}Type" Multiplicity="1" Role="From"/>`,
        `<End Type="${namespace}.${navigation.target}Type" Multiplicity="${navigation.many ? '*' : '0..1'}" Role="To"/>`,
        '</Association>',
      ].join(''),
    ),
    `<EntityContainer Name="${namespace}_Entities" m:IsDefaultEntityContainer="true">`,
    ...sets.map(({ name }) => `<EntitySet Name="${name}" EntityType="${namespace}.${name}Type"/>`),
    ...associations.map(({ set, navigation }) =>
      [
        `<AssociationSet Name="set_${set.name}_${navigation.name}" Association="${namespace}.assoc_${set.name}_${navigation.name}">`,
        `<End EntitySet="${set.name}" Role="From"/><End EntitySet="${navigation.target}" Role="To"/></AssociationSet>`,
      ].join(''),
    ),
    '</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n',
  ].join('')
}

function metadataOfV4({ namespace, sets }: ServiceDefinition): string {
  return [
    '<?xml version="1.0" encoding="utf-8"?>\n',
    '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
    `<Schema Namespace="${namespace}" Alias="SAP__self" xmlns="http://docs.oasis-open.org/odata/ns/edm">`,
    ...sets.map((set) =>
      entityType(set, '4', ({ name, target, many }) => {
        const type = `SAP__self.${target}Type`
        return `<NavigationProperty Name="${name}" Type="${many ? `Collection(${type})` : type}"/>`
      }),
    ),
    '<EntityContainer Name="Container">',
    ...sets.map(({ name, navigations = [] }) =>
      [
        `<EntitySet Name="${name}" EntityType="${namespace}.${name}Type">`,
        ...navigations.map((each) => `<NavigationPropertyBinding Path="${each.name}" Target="${each.target}"/>`),
        '</EntitySet>',
      ].join(''),
    ),
    '</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>\n',
  ].join('')
}

function entityType(
  set: SetDefinition,
  version: '2' | '4',
  navigation: (navigation: NonNullable<SetDefinition['navigations']>[number]) => string,
): string {
  return [
    `<EntityType Name="${set.name}Type"><Key>`,
    ...set.keys.map((name) => `<PropertyRef Name="${xmlAttribute(name)}"/>`),
    '</Key>',
    ...set.fields.map((field) => property(field, set.keys.includes(field.name), version)),
    ...(set.navigations ?? []).map(navigation),
    '</EntityType>',
  ].join('')
}

function property(
  { name, type, nullable = true, maxLength }: FieldDefinition,
  isKey: boolean,
  version: '2' | '4',
): string {
  const parts = [`Name="${xmlAttribute(name)}"`, `Type="${EDM[version][type]}"`]
  if (isKey || !nullable) parts.push('Nullable="false"')
  if (maxLength !== undefined) parts.push(`MaxLength="${maxLength}"`)
  if (type === 'Decimal') parts.push('Precision="38"', 'Scale="10"')
  if (version === '4' && (type === 'Timestamp' || type === 'DateTime')) parts.push('Precision="7"')
  if (version === '2' && type === 'Date') parts.push('sap:display-format="Date"')
  return `<Property ${parts.join(' ')}/>`
}
