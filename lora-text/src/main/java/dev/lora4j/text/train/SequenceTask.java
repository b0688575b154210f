package dev.lora4j.text.train;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.NetworkMetadata;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainedNumbers;
import dev.lora4j.core.train.run.TrainingBatch;
import dev.lora4j.core.train.run.TrainingTask;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.model.TextModel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Texts as a task of training. Each thing that a step learns of them counts alike. */
final class SequenceTask implements TrainingTask {
  /** Number of tokens that show a text in messages. */
  private static final int SHOWN = 16;

  private final SequenceLoss loss;
  private final AdapterPlan plan;
  private final SequenceBatches batches;
  private final List<List<TokenSequence>> heldOut;
  private final Supplier<Map<String, String>> identity;

  SequenceTask(
      SequenceLoss loss,
      AdapterPlan plan,
      SequenceBatches batches,
      List<List<TokenSequence>> heldOut) {
    this(loss, plan, batches, heldOut, Map::of);
  }

  private SequenceTask(
      SequenceLoss loss,
      AdapterPlan plan,
      SequenceBatches batches,
      List<List<TokenSequence>> heldOut,
      Supplier<Map<String, String>> identity) {
    this.loss = loss;
    this.plan = plan;
    this.batches = batches;
    this.heldOut = heldOut;
    this.identity = identity;
  }

  /**
   * The same task, which others compute gradients of.
   *
   * @param known makes its {@link #identity()}, for which files are read
   */
  SequenceTask identified(Supplier<Map<String, String>> known) {
    return new SequenceTask(loss, plan, batches, heldOut, known);
  }

  @Override
  public AdapterPlan plan() {
    return plan;
  }

  @Override
  public DType compute() {
    return loss.base().compute();
  }

  @Override
  public Expr loss(Staging at) {
    StagedLoss staged = loss.stage(at);
    Expr share = at.graph().input("share", DType.F64, Shape.of()).to(at.type());
    staged.measures().forEach((name, each) -> at.measure(name, each.sum().mul(share)));
    Expr sum = staged.each().sum().mul(share);
    return staged.whole().map(sum::add).orElse(sum);
  }

  @Override
  public Tensor weight(Scope scope, Site site) {
    return loss.base().weights().numbers(scope, parameter(site, "weight"));
  }

  @Override
  public Optional<Tensor> unrounded(Scope scope, Site site) {
    return loss.base().weights().unrounded(scope, parameter(site, "weight"));
  }

  @Override
  public Tensor bias(Site site) {
    return held(parameter(site, "bias"));
  }

  private static String parameter(Site site, String name) {
    return site.name().substring(TextModel.MODEL.length() + 1) + "." + name;
  }

  @Override
  public Tensor held(String name) {
    return loss.base().weights().tensor(name);
  }

  @Override
  public List<TrainingBatch> batches(long first, int count) {
    return together(loss.looked(first / count, drawn(first, count)));
  }

  @Override
  public List<TrainingBatch> batches(long first, int count, TrainedNumbers now) {
    TrainedModel model = new TrainedModel(() -> MixPlan.of(now.get(), 1), now::beside);
    return together(loss.made(first / count, drawn(first, count), model));
  }

  private List<List<TokenSequence>> drawn(long first, int count) {
    long step = first / count;
    List<List<TokenSequence>> all = new ArrayList<>();
    for (int b = 0; b < count; b++) {
      all.add(batches.batch(loss.drawn(step) * count + b));
    }
    return all;
  }

  @Override
  public Map<String, String> identity() {
    return identity.get();
  }

  @Override
  public void before(long first, int count, TrainedNumbers now) {
    loss.moving()
        .ifPresent(reference -> reference.before(first / count, () -> MixPlan.of(now.get(), 1)));
  }

  @Override
  public Map<String, HostTensor> state() {
    Map<String, HostTensor> all = new HashMap<>(loss.state());
    loss.moving().map(MovingReference::state).ifPresent(all::putAll);
    return all;
  }

  @Override
  public void restore(Map<String, HostTensor> state) {
    loss.moving().ifPresent(reference -> reference.restore(state));
    loss.restore(state);
  }

  @Override
  public void taken(RunListener.Step step) {
    loss.taken(step);
  }

  @Override
  public boolean resumesAfter(int steps) {
    return steps == 0 || loss.drawn(steps) != loss.drawn(steps - 1L);
  }

  @Override
  public Map<String, Double> judge(Supplier<Adapter> now) {
    return loss.judge(() -> MixPlan.of(now.get(), 1));
  }

  /** Batches of one step, of which each learned thing counts alike, in whichever of them it is. */
  List<TrainingBatch> together(List<List<TokenSequence>> all) {
    int learned = Math.max(1, all.stream().mapToInt(loss::learned).sum());
    double share = (double) all.size() / learned;
    return all.stream().<TrainingBatch>map(b -> new Texts(b, share)).toList();
  }

  /**
   * The batch of the longest of these sequences, as a step would learn it.
   *
   * @param count the most sequences of a batch
   */
  Largest largest(List<TokenSequence> drawn, int count) {
    List<TokenSequence> longest =
        drawn.stream()
            .sorted(Comparator.comparingInt(loss::length).reversed())
            .limit(count)
            .toList();
    List<TokenSequence> learned = loss.largest(longest);
    return new Largest(
        new Texts(learned, 1.0 / Math.max(1, loss.learned(learned))),
        learned.stream().mapToInt(loss::length).max().orElse(0),
        loss.written(longest));
  }

  /**
   * Largest batch of a step.
   *
   * @param length tokens of its longest row
   * @param written completions that are written at once for it
   */
  record Largest(TrainingBatch batch, int length, int written) {}

  @Override
  public List<TrainingBatch> heldOut() {
    return heldOut.stream().<TrainingBatch>map(b -> new Texts(b, 1.0 / loss.learned(b))).toList();
  }

  @Override
  public RateSearch.Compared compared() {
    return loss.compared();
  }

  @Override
  public String items() {
    return "texts";
  }

  @Override
  public Map<String, String> metadata(int steps) {
    TextModel base = loss.base();
    String name = String.valueOf(base.path().toAbsolutePath().normalize().getFileName());
    Map<String, String> moves = loss.moving().map(MovingReference::metadata).orElse(Map.of());
    return new Metadata(loss.metadata())
        .withAll(new Metadata(moves))
        .with(KohyaKeys.BASE_NAME, name)
        .with(KohyaKeys.BASE_HASH, base.hash())
        .withAll(NetworkMetadata.onBase(plan, base.precision()))
        .entries();
  }

  /** Texts of a batch. */
  private final class Texts implements TrainingBatch {
    private final List<TokenSequence> sequences;
    private final double share;

    Texts(List<TokenSequence> sequences, double share) {
      this.sequences = sequences;
      this.share = share;
    }

    @Override
    public List<Tensor> inputs(Scope scope) {
      List<Tensor> all = new ArrayList<>(loss.inputs(scope, sequences));
      all.add(HostTensor.of(DType.F64, Shape.of(), new double[] {share}).on(scope));
      return all;
    }

    @Override
    public Map<String, Double> measures() {
      return loss.told();
    }

    @Override
    public List<String> items() {
      return sequences.stream().map(this::begin).toList();
    }

    private String begin(TokenSequence sequence) {
      if (sequence.features().isPresent()) {
        return sequence.features().get().name();
      }
      int[] first = Arrays.copyOf(sequence.ids(), Math.min(SHOWN, sequence.ids().length));
      return '"' + loss.tokenizer().decode(first, true) + '"';
    }

    @Override
    public double weight() {
      return loss.learned(sequences);
    }
  }
}
