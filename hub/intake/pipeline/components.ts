/** Groups of things that hang together through the given links, by union-find with path halving. */
export function connectedComponents(nodes: readonly number[], links: readonly { a: number; b: number }[]): number[][] {
  const parent = new Map(nodes.map((node) => [node, node]))
  const find = (node: number): number => {
    let current = node
    for (let up = parent.get(current); up !== undefined && up !== current; up = parent.get(current)) {
      const above = parent.get(up) ?? up
      parent.set(current, above)
      current = above
    }
    return current
  }
  for (const { a, b } of links) {
    if (!parent.has(a) || !parent.has(b)) continue
    const rootA = find(a)
    const rootB = find(b)
    if (rootA !== rootB) parent.set(Math.max(rootA, rootB), Math.min(rootA, rootB))
  }
  const components = new Map<number, number[]>()
  for (const node of nodes) {
    const root = find(node)
    const members = components.get(root)
    if (members === undefined) components.set(root, [node])
    else members.push(node)
  }
  return [...components.values()]
}
