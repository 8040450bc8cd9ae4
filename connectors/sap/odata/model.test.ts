import { parseMetadata } from './model.ts'

const V2 = `<edmx:Edmx Version="1.0" xmlns:edmx="http://schemas.microsoft.com/ado/2007/06/edmx"><edmx:DataServices>
<Schema Namespace="N" xmlns="http://schemas.microsoft.com/ado/2008/09/edm" xmlns:sap="http://www.sap.com/Protocols/SAPData">
 <EntityType Name="OrderType"><Key><PropertyRef Name="Id"/><PropertyRef Name="Item"/></Key>
  <Property Name="Id" Type="Edm.String" Nullable="false"/><Property Name="Item" Type="Edm.Int32" Nullable="false"/>
  <Property Name="Day" Type="Edm.DateTime" sap:display-format="Date"/><Property Name="Place" Type="N.Place"/>
  <NavigationProperty Name="to_Line" Relationship="N.OrderLine" FromRole="One" ToRole="Many"/></EntityType>
 <EntityType Name="LineType"><Key><PropertyRef Name="No"/></Key><Property Name="No" Type="Edm.Int64"/>
  <NavigationProperty Name="to_Order" Relationship="N.OrderLine" FromRole="Many" ToRole="One"/></EntityType>
 <ComplexType Name="Place"><Property Name="City" Type="Edm.String"/></ComplexType>
 <Association Name="OrderLine"><End Type="N.OrderType" Role="One" Multiplicity="1"/><End Type="N.LineType" Role="Many" Multiplicity="*"/></Association>
</Schema>
<Schema Namespace="C" xmlns="http://schemas.microsoft.com/ado/2008/09/edm"><EntityContainer Name="All"><EntitySet Name="Orders" EntityType="N.OrderType"/></EntityContainer></Schema>
</edmx:DataServices></edmx:Edmx>`

const V4 = `<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="com.x" Alias="SELF" xmlns="http://docs.oasis-open.org/odata/ns/edm">
 <EntityType Name="Base" Abstract="true"><Key><PropertyRef Name="Id"/></Key><Property Name="Id" Type="Edm.Guid"/></EntityType>
 <EntityType Name="Order" BaseType="SELF.Base"><Property Name="Tags" Type="Collection(Edm.String)"/><Property Name="State" Type="SELF.State"/>
  <Property Name="Price" Type="SELF.Money"/><NavigationProperty Name="_Line" Type="Collection(SELF.Order)"/></EntityType>
 <EnumType Name="State"><Member Name="Open"/></EnumType><TypeDefinition Name="Money" UnderlyingType="Edm.Decimal"/>
 <EntityContainer Name="Container"><EntitySet Name="Orders" EntityType="com.x.Order"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>`

test('Metadata of V2 tell sets, keys, days, and where navigations lead, over several schemas', () => {
  const model = parseMetadata(V2)
  const type = model.sets.get('Orders')
  expect([model.version, type?.keyFields]).toEqual(['2', ['Id', 'Item']])
  expect(type?.properties.get('Day')).toMatchObject({ type: 'Edm.DateTime', isDay: true, nullable: true })
  expect(type?.properties.get('Id')).toMatchObject({ nullable: false, isDay: false })
  const line = type?.navigations.get('to_Line')
  expect([line?.many, line?.target()?.name]).toEqual([true, 'N.LineType'])
  expect(line?.target()?.navigations.get('to_Order')).toMatchObject({ many: false })
  expect(model.complexTypes.get('N.Place')?.map(({ name }) => name)).toEqual(['City'])
})

test('Metadata of V4 tell inherited keys, collections, and what enumerations and type definitions stand for', () => {
  const model = parseMetadata(V4)
  const type = model.sets.get('Orders')
  expect([model.version, type?.keyFields]).toEqual(['4', ['Id']])
  expect([...(type?.properties.values() ?? [])].map(({ name, type: edm, many }) => [name, edm, many])).toEqual([
    ['Id', 'Edm.Guid', false],
    ['Tags', 'Edm.String', true],
    ['State', 'Edm.String', false],
    ['Price', 'Edm.Decimal', false],
  ])
  expect(type?.navigations.get('_Line')?.target()?.name).toBe('com.x.Order')
})

test.each([
  ['a logon page', '<html><body>Logon</body></html>', 'connector.schema'],
  ['no schema', '<edmx:Edmx Version="1.0" xmlns:edmx="x"/>', 'connector.schema'],
  ['no XML', '{}', 'connector.rejected'],
  ['a type that is its own base', V4.replace('Name="Base" Abstract="true"', 'Name="Base" BaseType="SELF.Order"'), ''],
])('Metadata that are %s end in an error or in what can be read, never without end', (_, text, code) => {
  if (code === '') expect(parseMetadata(text).sets.has('Orders')).toBe(true)
  else expect(() => parseMetadata(text)).toThrow(expect.objectContaining({ code }))
})
