/** One story of customer service in ten steps, told by clients that share no code: they meet the same rules and see the same. */
import { ensurePackages, REQUIREMENTS } from '../../scripts/servers/packages.ts'
import { runPython } from '../support/soap.ts'
import { startStoryHub, type StoryHub, type StoryStep } from '../support/story.ts'
import { clientStory } from './story-client.ts'

let story: StoryHub
beforeAll(async () => {
  await ensurePackages([REQUIREMENTS.zeep], (text) => console.log(text))
  story = await startStoryHub()
})
afterAll(() => story.hub.stop())

const SYSTEMS_TOOK_IT = { payment: ['billing', 'written'], order: ['hub', 'written'] }

describe('The story of a customer who calls', () => {
  test('is the same by the TypeScript client and by zeep, step by step', async () => {
    const [typescript, soap] = await Promise.all([
      clientStory(story.inputOf('typescript')),
      runPython<StoryStep[]>('story.py', story.inputOf('soap')),
    ])
    expect(soap).toEqual(typescript)
    expect(typescript.map(({ step }) => step)).toEqual([
      ...['find', 'read', 'channel', 'contact', 'invoices', 'dunning', 'payment', 'action', 'order', 'note'],
    ])
    const told = Object.fromEntries(typescript.map((step) => [step.step, step]))
    expect(told).toMatchObject({
      find: { found: 1, kind: 'person' },
      contact: { unverified: 'rule.refused', stale: 'customer.changed-meanwhile', hasNew: true },
      dunning: { result: { stage: 'reminder' } },
      payment: { tooMuch: 'rule.refused', again: true, write: SYSTEMS_TOOK_IT.payment },
      order: { refused: 'rule.refused', decision: { accept: true }, write: SYSTEMS_TOOK_IT.order },
      note: { timeline: ['customer.updated', 'interaction.created', 'order.created', 'payment.created'] },
    })
  })
})
