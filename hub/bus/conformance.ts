import { describeBatches, describeMessages, describeRefusals } from './conformance/delivery.ts'
import { describeClosing, describeFailures, describeHandOver } from './conformance/handling.ts'
import type { BusForm, OpenedBus, Scene } from './conformance/harness.ts'
import { describeBreaks, describeConsumersInOutage, describePublishersInOutage } from './conformance/outages.ts'
import { describeEvents } from './conformance/streams.ts'

/**
 * What every form of the bus must do, as one Jest suite: call it from a system test of the form. Each test gets a scene of its own
 * (names or schema), with one bus already started.
 */
export function describeBusConformance(form: BusForm): void {
  describe(form.name, () => {
    let scene: Scene
    let opened: OpenedBus
    beforeEach(async () => {
      scene = await form.newScene()
      opened = await scene.open()
    }, 30_000)
    afterEach(() => scene.dispose(), 30_000)

    describe('messages', () => describeMessages(() => opened.bus))
    describe('refusals', () => describeRefusals(() => opened.bus))
    describe('batches', () => describeBatches(() => opened.bus))
    describe('failing handlers', () => describeFailures(() => opened))
    describe('closing a consumer', () => describeClosing(() => opened))
    describe('handing over', () =>
      describeHandOver(
        () => scene,
        () => opened,
      ))
    describe('events and intake', () =>
      describeEvents(
        () => scene,
        () => opened,
      ))
    describe('breaks', () => describeBreaks(() => opened))
    describe('publishers in an outage', () => describePublishersInOutage(() => opened))
    describe('consumers in an outage', () =>
      describeConsumersInOutage(
        () => scene,
        () => opened,
      ))
  })
}
