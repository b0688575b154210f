// Which picture is made next. While a blend changes, pictures of few steps are made, one after the other and each of the
// newest blend; once it rests, one of all its steps. There is never more than one request under way.
//
//   const queue = previewQueue({make, onChange});    make(blend, {steps, signal}) -> Promise of a picture
//   queue.want(blend)     the blend changed          queue.full(blend)   make all steps at once, whatever the time
//   queue.state           {shown: {blend, picture, full}, making: {full, blend}, error, wanted}

const DEFAULTS = { quickSteps: 4, restMillis: 350, patienceMillis: 1500 };

export function previewQueue({ make, onChange, stepsOf, timing = {}, now = () => performance.now() }) {
  const { quickSteps, restMillis, patienceMillis } = { ...DEFAULTS, ...timing };
  let state = { shown: undefined, making: undefined, error: undefined, wanted: undefined };
  let running;
  let changed = -Infinity;
  let onlyFull = false;
  let timer;
  let stopped = false;

  function tell(changes) {
    state = { ...state, ...changes };
    onChange(state);
  }

  function want(blend) {
    if (blend === state.wanted) {
      return;
    }
    changed = now();
    onlyFull = false;
    tell({ wanted: blend, error: undefined });
    // Nobody waits for all steps of an older blend. Few steps are soon done, and what they show while a slider
    // moves is the point of them, so they are given up only where they take long.
    if (running && (running.full || now() - running.since > patienceMillis)) {
      running.controller.abort();
    }
    clearTimeout(timer);
    timer = setTimeout(next, restMillis);
    next();
  }

  function full(blend) {
    changed = -Infinity;
    onlyFull = true;
    tell({ wanted: blend, error: undefined });
    running?.controller.abort();
    next();
  }

  function next() {
    const { wanted, shown, error } = state;
    if (running || stopped || !wanted || error) {
      return;
    }
    const isShown = shown?.blend === wanted;
    if (isShown && shown.full) {
      return;
    }
    const rests = now() - changed >= restMillis;
    const hasFewerSteps = stepsOf(wanted) > quickSteps;
    if (hasFewerSteps && !isShown && !onlyFull) {
      run(wanted, false);
    } else if (rests) {
      run(wanted, true);
    }
  }

  async function run(blend, isFull) {
    const controller = new AbortController();
    running = { full: isFull, since: now(), controller };
    tell({ making: { full: isFull, blend } });
    let changes = {};
    try {
      const steps = isFull ? undefined : quickSteps;
      const picture = await make(blend, { steps, signal: controller.signal });
      changes = { shown: { blend, picture, full: isFull } };
    } catch (problem) {
      // The last good picture stays. A blend that was given up meanwhile has no error of its own.
      changes = controller.signal.aborted || blend !== state.wanted ? {} : { error: problem };
    }
    running = undefined;
    if (!stopped) {
      tell({ ...changes, making: undefined });
      next();
    }
  }

  return {
    want,
    full,
    get state() {
      return state;
    },
    retry() {
      tell({ error: undefined });
      next();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      running?.controller.abort();
    },
  };
}
