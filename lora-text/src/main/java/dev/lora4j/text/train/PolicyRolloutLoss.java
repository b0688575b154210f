package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.EntropyUse;
import dev.lora4j.text.align.PolicyObjective;
import dev.lora4j.text.align.PolicyScores;
import dev.lora4j.text.align.PolicySettings;
import dev.lora4j.text.align.TokenWeighting;
import dev.lora4j.text.data.GroupedBatch;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.HeadChunks;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.SegmentedTokens;
import dev.lora4j.text.network.ValueHead;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Loss of completions that the model writes itself. A row has a prompt once and its completions
 * behind it, so that a prompt is computed once for several of them. They are written by the
 * adapters as they are before the step, unmerged, and learned in as many steps as the settings say.
 */
final class PolicyRolloutLoss implements SequenceLoss {
  /** Number of generations that no step learns. */
  private static final long CALIBRATION = -1;

  private final LanguageModel model;
  private final HeadUse head;
  private final RewardedPrompts prompts;
  private final PolicyRollouts rollouts;
  private final boolean begun;
  private final Optional<ControlledEntropy> control;
  private Optional<Generation> latest = Optional.empty();

  /**
   * Loss of a run.
   *
   * @param head use of the model's head
   * @param begun whether the adapter is one that is trained further; its reference is another than
   *     the base then
   */
  PolicyRolloutLoss(HeadUse head, RewardedPrompts prompts, PolicyRollouts rollouts, boolean begun) {
    this.model = head.model();
    this.head = head;
    this.prompts = prompts;
    this.rollouts = rollouts;
    EntropyUse use = prompts.settings().objective().entropy();
    this.control =
        use.control().isPresent() ? Optional.of(new ControlledEntropy(use)) : Optional.empty();
    this.begun = begun || rollouts.moving().isPresent();
  }

  @Override
  public TextModel base() {
    return model.base();
  }

  @Override
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  private PolicySettings settings() {
    return prompts.settings();
  }

  private PolicyObjective objective() {
    return settings().objective();
  }

  private TokenWeighting weighting() {
    return objective().loss().weighting();
  }

  /** Learns these completions from now on. */
  void learn(Generation generation) {
    latest = Optional.of(generation);
  }

  private Generation learned() {
    return latest.orElseThrow(() -> new IllegalStateException("Nothing was written yet."));
  }

  /** True if completions are learned in several steps, so that the model is not as it was. */
  private boolean again() {
    return settings().iterations() > 1;
  }

  @Override
  public StagedLoss stage(Staging at) {
    DType compute = base().compute();
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss loss = NextTokenLoss.declare(at.graph());
    at.learnsAt(loss.places());
    Shape any = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN);
    SegmentedTokens memory =
        new SegmentedTokens(
            loss.tokens().positions(), at.graph().input("segments", DType.I64, any));
    Expr rows = at.graph().input("rows", DType.I64, Shape.of(Shape.UNKNOWN));
    Expr counts = numbers(at, "counts");
    Expr advantages = numbers(at, "advantages");
    HeadChunks chunks = head.chunks(at);
    boolean rewarded = objective().entropy().rewarded();
    Weights weights = weights(at);
    Expr placed = loss.placed(network, weights, memory, compute);
    List<Expr> told =
        loss.valuesAt(
            placed,
            some -> network.logits(weights, some),
            chunks,
            at.type(),
            places ->
                List.of(
                    places.unlikelihood(temperature()),
                    (rewarded ? places : places.detached()).entropy(temperature())));
    Expr own = told.get(0).neg();
    Expr entropy = told.get(1);
    Expr before = again() ? numbers(at, "before") : own.detach();
    Optional<Expr> reference = reference(at, network, loss, memory, chunks);
    Optional<StagedValues> valued = settings().values().map(how -> StagedValues.declare(at, how));
    PolicyScores scores =
        new PolicyScores(
            own,
            before,
            reference,
            advantages,
            valued.map(StagedValues::gains),
            rows,
            counts,
            objective().level());
    PolicyObjective.Staged staged =
        control.isPresent()
            ? objective()
                .staged(
                    scores,
                    entropy,
                    at.graph().input("entropy coefficient", DType.F64, Shape.of()).to(at.type()))
            : objective().staged(scores, entropy);
    Expr policy = parts(staged.each(), scores);
    Map<String, Expr> means = new LinkedHashMap<>(staged.measures());
    Expr parts = policy;
    if (valued.isPresent()) {
      StagedValues values = valued.get();
      Expr said = values.said(at, placed);
      parts = policy.add(parts(values.weighted(said), scores));
      means.put("policy/entropy_avg", scores.mean(entropy.detach()));
      means.putAll(values.measures(said, scores));
    } else {
      means.put("entropy", scores.mean(entropy.detach()));
    }
    Map<String, Expr> measures = new LinkedHashMap<>();
    Expr one = policy.detach().mul(0).add(1);
    means.forEach((name, mean) -> measures.put(name, one.mul(mean)));
    if (rewarded || valued.isPresent()) {
      measures.put(valued.isPresent() ? "loss/policy_avg" : "policy_loss", policy.detach());
    }
    if (control.isPresent()) {
      Expr known = entropy.detach();
      Expr marks = staged.marks().orElseGet(() -> known.mul(0).add(1));
      ControlledEntropy.measure(measures, one, known, marks);
    }
    return new StagedLoss(parts, staged.bonus().map(Expr::neg), measures);
  }

  private Expr parts(Expr each, PolicyScores scores) {
    return weighting().parts(each, scores, settings().maxNewTokens());
  }

  private static Expr numbers(Staging at, String name) {
    return at.graph().input(name, DType.F64, Shape.of(Shape.UNKNOWN)).to(at.type());
  }

  private double temperature() {
    return settings().sampling().temperature();
  }

  /** Log-probabilities under the reference, if the loss has one. */
  private Optional<Expr> reference(
      Staging at,
      CausalNetwork network,
      NextTokenLoss loss,
      SegmentedTokens memory,
      HeadChunks chunks) {
    if (!objective().compares()) {
      return Optional.empty();
    } else if (begun) {
      return Optional.of(numbers(at, "reference"));
    }
    FrozenWeights frozen = new FrozenWeights(base().compute(), "", base().weights().forms());
    Weights alone = Weights.of(at.graph(), TextModel.MODEL, frozen, LayerAdapters.NONE);
    List<Expr> values =
        loss.values(
            network,
            alone,
            memory,
            chunks,
            base().compute(),
            at.type(),
            places -> List.of(places.unlikelihood(temperature())));
    return Optional.of(values.get(0).neg().detach());
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TokenSequence> written) {
    int pad = tokenizer().special().padId();
    GroupedBatch batch = GroupedBatch.of(written, pad, pairCost());
    Shape tokens = Shape.of(batch.rows(), batch.columns());
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(Tensor.ofLongs(scope, tokens, batch.ids()));
    inputs.add(Tensor.ofLongs(scope, tokens, batch.positions()));
    inputs.add(Tensor.ofLongs(scope, Shape.of(batch.places().length), batch.places()));
    inputs.add(Tensor.ofLongs(scope, Shape.of(batch.targets().length), batch.targets()));
    inputs.add(Tensor.ofLongs(scope, tokens, batch.segments()));
    double[] counts = written.stream().mapToDouble(TokenSequence::learned).toArray();
    long[] rows = ScoredTokens.rows(written);
    inputs.add(Tensor.ofLongs(scope, Shape.of(rows.length), rows));
    inputs.add(numbers(scope, counts));
    inputs.add(numbers(scope, learned().advantages(written)));
    if (again()) {
      inputs.add(numbers(scope, learned().before(written)));
    }
    if (objective().compares() && begun) {
      inputs.add(numbers(scope, learned().reference(written)));
    }
    if (settings().values().isPresent()) {
      inputs.add(numbers(scope, learned().valued(written, ValuedTokens.Completion::gains)));
      inputs.add(numbers(scope, learned().valued(written, ValuedTokens.Completion::values)));
      inputs.add(numbers(scope, learned().valued(written, ValuedTokens.Completion::returns)));
    }
    control.ifPresent(
        now ->
            inputs.add(
                HostTensor.of(DType.F64, Shape.of(), new double[] {now.coefficient()}).on(scope)));
    return inputs;
  }

  /** Operations of attention for a pair of tokens, beside those of all layers for a token. */
  private double pairCost() {
    List<Site> sites =
        base().sites().all().stream().filter(s -> s.kind() == Site.Kind.LINEAR).toList();
    double layers = 2 * sites.stream().mapToDouble(s -> (double) s.in() * s.out()).sum();
    double width = sites.stream().mapToDouble(Site::in).min().orElse(0);
    int depth = ((CausalNetwork) model.network()).cacheSize().layers();
    return 4 * depth * width / layers;
  }

  private static Tensor numbers(Scope scope, double[] values) {
    return HostTensor.of(DType.F64, Shape.of(values.length), values).on(scope);
  }

  @Override
  public List<TokenSequence> largest(List<TokenSequence> batch) {
    Generation largest =
        Generation.longest(batch, settings().group(), settings().maxNewTokens(), longest());
    learn(largest);
    return largest.batches().get(0);
  }

  private int longest() {
    return model.network().longest();
  }

  @Override
  public int written(List<TokenSequence> batch) {
    return batch.size() * settings().group();
  }

  @Override
  public int learned(List<TokenSequence> written) {
    return weighting().count(written.size(), ScoredTokens.count(written));
  }

  @Override
  public long drawn(long step) {
    return step / settings().iterations();
  }

  @Override
  public List<List<TokenSequence>> made(
      long step, List<List<TokenSequence>> batches, TrainedModel now) {
    long number = drawn(step);
    if (step == 0) {
      control.ifPresent(ControlledEntropy::begin);
    }
    // A short training that begins anew has another model than the one before had.
    boolean first = step % settings().iterations() == 0;
    if (first || latest.isEmpty() || latest.get().number() != number) {
      learn(rollouts.of(number, step + 1, batches, now.adapters().get(), values(now)));
      prompts.listener().written(step + 1, learned().scored());
    }
    return learned().batches();
  }

  /** Numbers of the value head, if there is one. */
  private Map<String, HostTensor> values(TrainedModel now) {
    return settings().values().isPresent()
        ? Map.of(
            ValueHead.WEIGHT, now.beside().apply(ValueHead.WEIGHT),
            ValueHead.BIAS, now.beside().apply(ValueHead.BIAS))
        : Map.of();
  }

  @Override
  public List<List<TokenSequence>> looked(long step, List<List<TokenSequence>> batches) {
    learn(rollouts.of(CALIBRATION, step + 1, batches, MixPlan.NONE, Map.of()));
    return learned().batches();
  }

  @Override
  public Map<String, Double> told() {
    if (control.isEmpty()) {
      return learned().measures();
    }
    Map<String, Double> all = new LinkedHashMap<>(learned().measures());
    all.put("entropy_coef", control.get().coefficient());
    return all;
  }

  @Override
  public void taken(RunListener.Step step) {
    control.ifPresent(now -> now.taken(step));
  }

  @Override
  public Map<String, HostTensor> state() {
    return control.map(ControlledEntropy::state).orElse(Map.of());
  }

  @Override
  public void restore(Map<String, HostTensor> state) {
    control.ifPresent(now -> now.restore(state));
  }

  @Override
  public Map<String, Double> judge(Supplier<MixPlan> adapters) {
    return rollouts.judged(adapters);
  }

  /** Rewards: the loss says nothing, as advantages add up to 0. */
  @Override
  public RateSearch.Compared compared() {
    return new RateSearch.Compared(Optional.of("reward"), true, false);
  }

  @Override
  public Optional<MovingReference> moving() {
    return rollouts.moving();
  }

  @Override
  public Map<String, String> metadata() {
    return prompts.metadata();
  }
}
