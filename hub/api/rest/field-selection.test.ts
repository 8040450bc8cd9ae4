import { HubError } from '../../contracts/hub-error.ts'
import { type Beside, selected, selectedText, selectionOf } from './field-selection.ts'

const MARY = {
  id: '1',
  kind: 'person',
  name: { given: 'Mary', family: 'Smith' },
  emails: [{ address: 'm@example.com', purpose: 'home' }, { address: 'n@example.com' }],
  attributes: { loyalty: 'gold', __proto: 1 },
}

const pick = (fields: string[], beside?: Beside) => selected(MARY, selectionOf('customer', fields, beside))

describe('Field selection', () => {
  test('keeps what was asked for, in the order of the record', () => {
    expect(JSON.stringify(pick(['name.family', 'id']))).toBe('{"id":"1","name":{"family":"Smith"}}')
  })

  test('goes through lists, item by item', () => {
    expect(pick(['emails.address'])).toEqual({ emails: [{ address: 'm@example.com' }, { address: 'n@example.com' }] })
  })

  test('a field and a part of it, in either order, is the whole field', () => {
    expect(pick(['name.given', 'name'])).toEqual({ name: MARY.name })
    expect(pick(['name', 'name.given'])).toEqual({ name: MARY.name })
  })

  test('fields that the record does not have are left out, and attributes may have any name', () => {
    expect(pick(['birthDate', 'attributes.loyalty', 'attributes.__proto__'])).toEqual({
      attributes: { loyalty: 'gold' },
    })
  })

  test.each([
    '',
    'nme',
    'name.',
    '.name',
    'emails[0]',
    'emails.adress',
    'id.x',
    '__proto__',
    'constructor',
    'invoices',
  ])('refuses "%s" and names the fields that there are', (path) => {
    let thrown: unknown
    try {
      pick([path])
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(HubError)
    expect(thrown).toMatchObject({ code: 'request.fields.unknown', status: 400, where: '?fields' })
    if (path === 'nme') expect((thrown as HubError).fix).toMatch(/^Did you mean `name`\? There are: id, kind, /)
    if (path === 'emails.adress')
      expect(thrown).toMatchObject({ facts: { fields: expect.arrayContaining(['address']) } })
  })

  test('chooses within what was brought along', () => {
    const answer = {
      id: '1',
      kind: 'person',
      invoices: [{ id: 'i', number: '7', total: { amount: '1', currency: 'AUD' } }],
    }
    const selection = selectionOf('customer', ['id', 'invoices.total.amount'], { invoices: 'invoice' })
    expect(selected(answer, selection)).toEqual({ id: '1', invoices: [{ total: { amount: '1' } }] })
  })

  test('leaves a text alone where nothing was chosen', () => {
    expect(selectedText('{"a": 1}', null)).toBe('{"a": 1}')
  })
})
