// What is drawn: each family of elements as the steps by which it comes onto the canvas.

const expression = (body) => ({ type: 'bpmn:FormalExpression', body });
const start = { id: 'start', type: 'bpmn:StartEvent', at: [150, 200] };
const end = (x, more = {}) => ({ id: 'end', type: 'bpmn:EndEvent', at: [x, 200], ...more });
const user = (id, at, more = {}) => ({
  id,
  type: 'bpmn:UserTask',
  at,
  name: id,
  'camunda:assignee': 'alice',
  ...more,
});
const flow = (from, to, more = {}) => ({ from, to, ...more });
const way = (...ids) => ids.slice(1).map((id, at) => flow(ids[at], id));
const only = (from, to, when) => flow(from, to, { conditionExpression: expression(when) });
const timer = (kind, text) => ({ type: 'bpmn:TimerEventDefinition', [kind]: expression(text) });
const message = (ref) => ({ type: 'bpmn:MessageEventDefinition', messageRef: { ref } });
const signal = (ref) => ({ type: 'bpmn:SignalEventDefinition', signalRef: { ref } });
const declared = (type, id, more) => ({ declare: { type, id, ...more } });
const paid = declared('bpmn:Message', 'paid', { name: 'paid' });
const alarm = declared('bpmn:Signal', 'alarm', { name: 'alarm' });
const broken = declared('bpmn:Error', 'broken', { name: 'broken', errorCode: 'E1' });
const late = declared('bpmn:Escalation', 'late', { name: 'late', escalationCode: 'L1' });

/** Something on the way from the start to an end. */
const between = (node, ...more) => [
  start,
  { at: [300, 200], ...node },
  end(480),
  ...way('start', node.id, 'end'),
  ...more,
];
/** An event at the border of a user task, with an end of its own. */
const border = (definition, more = {}) => [
  start,
  user('work', [300, 200]),
  end(480),
  ...way('start', 'work', 'end'),
  { id: 'border', type: 'bpmn:BoundaryEvent', at: [320, 240], on: 'work', definition, ...more },
  { id: 'beside', type: 'bpmn:EndEvent', at: [320, 340] },
  flow('border', 'beside'),
];
const catches = (definition) => between({ id: 'event', type: 'bpmn:IntermediateCatchEvent', definition });
const throws = (definition) => between({ id: 'event', type: 'bpmn:IntermediateThrowEvent', definition });
/** A user task beside an event subprocess that begins by an event. */
const handled = (definition, isInterrupting) => [
  ...between(user('work', [300, 200])),
  {
    id: 'handler',
    type: 'bpmn:SubProcess',
    at: [320, 480],
    open: true,
    triggered: true,
    wide: 400,
    high: 200,
  },
  { id: 'begins', type: 'bpmn:StartEvent', at: [180, 480], into: 'handler', definition, isInterrupting },
  user('handle', [300, 480], { into: 'handler' }),
  { id: 'handled', type: 'bpmn:EndEvent', at: [450, 480], into: 'handler' },
  ...way('begins', 'handle', 'handled'),
];
/** A subprocess that ends by an event, which its border catches. */
const inner = (definition) => [
  start,
  { id: 'sub', type: 'bpmn:SubProcess', at: [400, 200], open: true, wide: 350, high: 200 },
  { id: 'begin', type: 'bpmn:StartEvent', at: [280, 200], into: 'sub' },
  { id: 'thrown', type: 'bpmn:EndEvent', at: [500, 200], into: 'sub', definition },
  flow('begin', 'thrown'),
  end(700),
  ...way('start', 'sub', 'end'),
  { id: 'caught', type: 'bpmn:BoundaryEvent', at: [400, 300], on: 'sub', definition },
  { id: 'beside', type: 'bpmn:EndEvent', at: [400, 400] },
  flow('caught', 'beside'),
];
const task = (type, more = {}) => between({ id: 'task', type, ...more });
const gateway = (type, when, more = []) => [
  start,
  { id: 'fork', type, at: [250, 200] },
  user('one', [400, 120]),
  user('two', [400, 280]),
  { id: 'join', type, at: [550, 200] },
  end(650),
  flow('start', 'fork'),
  when ? only('fork', 'one', when) : flow('fork', 'one'),
  flow('fork', 'two'),
  ...way('one', 'join', 'end'),
  flow('two', 'join'),
  ...more,
];

export const families = {
  'timer-date': catches(timer('timeDate', '2030-01-01T00:00:00Z')),
  'timer-duration': catches(timer('timeDuration', 'PT1H')),
  'timer-border': border(timer('timeDuration', 'P2D')),
  'timer-cycle': border(timer('timeCycle', 'R3/PT10M'), { cancelActivity: false }),
  'timer-subprocess': handled(timer('timeDuration', 'P3D'), true),
  'message-catch': [paid, ...catches(message('paid'))],
  'message-throw': [paid, ...throws(message('paid'))],
  'message-border': [paid, ...border(message('paid'))],
  'message-end': [paid, start, end(300, { definition: message('paid') }), flow('start', 'end')],
  'message-subprocess': [paid, ...handled(message('paid'), false)],
  'signal-catch': [alarm, ...catches(signal('alarm'))],
  'signal-throw': [alarm, ...throws(signal('alarm'))],
  'signal-border': [alarm, ...border(signal('alarm'), { cancelActivity: false })],
  'signal-subprocess': [alarm, ...handled(signal('alarm'), true)],
  condition: catches({ type: 'bpmn:ConditionalEventDefinition', condition: expression('${amount > 10}') }),
  'condition-border': border({ type: 'bpmn:ConditionalEventDefinition', condition: expression('${stop}') }),
  error: [broken, ...inner({ type: 'bpmn:ErrorEventDefinition', errorRef: { ref: 'broken' } })],
  'error-subprocess': [
    broken,
    ...handled({ type: 'bpmn:ErrorEventDefinition', errorRef: { ref: 'broken' } }, true),
  ],
  escalation: [late, ...inner({ type: 'bpmn:EscalationEventDefinition', escalationRef: { ref: 'late' } })],
  'escalation-throw': [
    late,
    ...throws({ type: 'bpmn:EscalationEventDefinition', escalationRef: { ref: 'late' } }),
  ],
  link: [
    start,
    {
      id: 'out',
      type: 'bpmn:IntermediateThrowEvent',
      at: [300, 200],
      definition: { type: 'bpmn:LinkEventDefinition', name: 'there' },
    },
    {
      id: 'in',
      type: 'bpmn:IntermediateCatchEvent',
      at: [300, 320],
      definition: { type: 'bpmn:LinkEventDefinition', name: 'there' },
    },
    { ...end(450), at: [450, 320] },
    flow('start', 'out'),
    flow('in', 'end'),
  ],
  terminate: [
    start,
    end(300, { definition: { type: 'bpmn:TerminateEventDefinition' } }),
    flow('start', 'end'),
  ],
  'throw-nothing': between({ id: 'event', type: 'bpmn:IntermediateThrowEvent' }),
  'gateway-exclusive': gateway('bpmn:ExclusiveGateway', '${yes}', [
    { from: 'fork', to: 'end', id: 'also', conditionExpression: expression('${no}') },
  ]).map((step) => (step.from === 'fork' && step.to === 'two' ? only('fork', 'two', '${perhaps}') : step)),
  'gateway-parallel': gateway('bpmn:ParallelGateway'),
  'gateway-inclusive': gateway('bpmn:InclusiveGateway', '${yes}'),
  'gateway-events': [
    paid,
    start,
    { id: 'choice', type: 'bpmn:EventBasedGateway', at: [250, 200] },
    { id: 'money', type: 'bpmn:IntermediateCatchEvent', at: [380, 120], definition: message('paid') },
    {
      id: 'time',
      type: 'bpmn:IntermediateCatchEvent',
      at: [380, 280],
      definition: timer('timeDuration', 'P1D'),
    },
    end(520),
    ...way('start', 'choice', 'money', 'end'),
    ...way('choice', 'time', 'end'),
  ],
  'gateway-complex': gateway('bpmn:ComplexGateway'),
  task: task('bpmn:Task'),
  'task-user': task('bpmn:UserTask', {
    name: 'Decide',
    'docket:approverStrategy': 'USER',
    'docket:approvers': 'alice',
  }),
  'task-manual': task('bpmn:ManualTask'),
  'task-service': task('bpmn:ServiceTask', { 'camunda:type': 'external', 'camunda:topic': 'ship' }),
  'task-send': [paid, ...task('bpmn:SendTask', { messageRef: { ref: 'paid' } })],
  'task-receive': [paid, ...task('bpmn:ReceiveTask', { messageRef: { ref: 'paid' } })],
  'task-rule': task('bpmn:BusinessRuleTask', { 'camunda:decisionRef': 'discount' }),
  'task-script': task('bpmn:ScriptTask', { scriptFormat: 'cel', script: '{"twice": amount * 2}' }),
  'repeated-parallel': task('bpmn:UserTask', {
    'camunda:assignee': '${who}',
    loopCharacteristics: {
      type: 'bpmn:MultiInstanceLoopCharacteristics',
      'camunda:collection': 'people',
      'camunda:elementVariable': 'who',
      completionCondition: expression('${nrOfCompletedInstances > 1}'),
    },
  }),
  'repeated-in-turn': task('bpmn:ManualTask', {
    loopCharacteristics: {
      type: 'bpmn:MultiInstanceLoopCharacteristics',
      isSequential: true,
      loopCardinality: expression('3'),
    },
  }),
  'repeated-loop': task('bpmn:UserTask', {
    'camunda:assignee': 'alice',
    loopCharacteristics: {
      type: 'bpmn:StandardLoopCharacteristics',
      loopCondition: expression('${more}'),
      loopMaximum: 5,
    },
  }),
  'call-activity': task('bpmn:CallActivity', { calledElement: 'other-process' }),
  subprocess: [
    start,
    { id: 'sub', type: 'bpmn:SubProcess', at: [400, 200], open: true, wide: 350, high: 200 },
    { id: 'begin', type: 'bpmn:StartEvent', at: [280, 200], into: 'sub' },
    user('work', [400, 200], { into: 'sub' }),
    { id: 'done', type: 'bpmn:EndEvent', at: [520, 200], into: 'sub' },
    ...way('begin', 'work', 'done'),
    end(700),
    ...way('start', 'sub', 'end'),
  ],
  lanes: [
    { id: 'pool', type: 'bpmn:Participant', at: [500, 300], wide: 800, high: 300, name: 'Firm' },
    { process: 'pool' },
    { lanes: 'pool', ids: ['sales', 'stock'], names: ['sales', 'stock'] },
    { id: 'start', type: 'bpmn:StartEvent', at: [220, 220], into: 'sales' },
    { id: 'sell', type: 'bpmn:UserTask', at: [360, 220], into: 'sales', name: 'Sell' },
    { id: 'pack', type: 'bpmn:UserTask', at: [520, 380], into: 'stock', name: 'Pack' },
    { id: 'end', type: 'bpmn:EndEvent', at: [700, 380], into: 'stock' },
    ...way('start', 'sell', 'pack', 'end'),
  ],
  pools: [
    { id: 'firm', type: 'bpmn:Participant', at: [500, 200], wide: 700, high: 200, name: 'Firm' },
    { process: 'firm' },
    { id: 'start', type: 'bpmn:StartEvent', at: [260, 200], into: 'firm' },
    user('answer', [420, 200], { into: 'firm' }),
    { id: 'end', type: 'bpmn:EndEvent', at: [600, 200], into: 'firm' },
    ...way('start', 'answer', 'end'),
    {
      id: 'customer',
      type: 'bpmn:Participant',
      at: [500, 450],
      open: false,
      wide: 700,
      high: 60,
      name: 'Customer',
    },
    flow('answer', 'customer', { type: 'bpmn:MessageFlow' }),
  ],
  data: [
    ...between(user('work', [300, 200])),
    { id: 'order', type: 'bpmn:DataObjectReference', at: [300, 340], name: 'Order' },
    { id: 'archive', type: 'bpmn:DataStoreReference', at: [420, 340], name: 'Archive' },
    { id: 'remark', type: 'bpmn:TextAnnotation', at: [500, 80], text: 'Read this' },
    { id: 'around', type: 'bpmn:Group', at: [300, 220], wide: 300, high: 300 },
    flow('work', 'order'),
    flow('archive', 'work'),
    flow('work', 'remark'),
  ],
  transaction: [
    start,
    { id: 'sub', type: 'bpmn:Transaction', at: [400, 200], open: true, wide: 350, high: 200 },
    { id: 'begin', type: 'bpmn:StartEvent', at: [280, 200], into: 'sub' },
    { id: 'done', type: 'bpmn:EndEvent', at: [520, 200], into: 'sub' },
    flow('begin', 'done'),
    end(700),
    ...way('start', 'sub', 'end'),
  ],
  'ad-hoc': [
    start,
    { id: 'sub', type: 'bpmn:AdHocSubProcess', at: [400, 200], open: true, wide: 350, high: 200 },
    user('work', [400, 200], { into: 'sub' }),
    end(700),
    ...way('start', 'sub', 'end'),
  ],
  compensation: [
    start,
    user('book', [300, 200]),
    end(480),
    ...way('start', 'book', 'end'),
    {
      id: 'border',
      type: 'bpmn:BoundaryEvent',
      at: [320, 240],
      on: 'book',
      definition: { type: 'bpmn:CompensateEventDefinition' },
    },
    { id: 'undo', type: 'bpmn:UserTask', at: [450, 340], isForCompensation: true },
    flow('border', 'undo'),
  ],
};
