package dev.lora4j.text.train;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.text.align.Rollout;
import dev.lora4j.text.align.RolloutStatistics;
import dev.lora4j.text.align.ScoredRollout;
import dev.lora4j.text.data.TaughtText;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.evaluate.Divergence;
import dev.lora4j.text.evaluate.ScoredTokens;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.AttentionCache;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.NextTokenLoss;
import dev.lora4j.text.network.PlacedLogits;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Divergence, at each token of completions that the student writes itself, of what it says next
 * from what a teacher says there. The student writes as it is before the step, with its adapter
 * unmerged. In a share of the batches completions of others may be learned.
 */
final class OnPolicyLoss implements SequenceLoss {
  private static final String DIVERGENCE = "divergence";

  private final Scope scope;
  private final LanguageModel model;
  private final HeadUse head;
  private final OnPolicyTeaching teaching;
  private final CompletionWriter writer;
  private final CutLogits teacher;
  private final OffPolicyTexts others;
  private Map<String, Double> told = Map.of();

  /**
   * Loss of a run.
   *
   * @param owner of what is merged and stacked
   * @param head use of the student's head
   * @param seed of what is drawn
   */
  OnPolicyLoss(Scope owner, HeadUse head, OnPolicyTeaching teaching, long seed) {
    this.scope = owner;
    this.model = head.model();
    this.head = head;
    this.teaching = teaching;
    this.writer = new CompletionWriter(model, teaching.prompts(), teaching.manner(model), seed);
    this.others = new OffPolicyTexts(model, teaching, seed);
    PolicyTeacher by = teaching.teacher();
    this.teacher = new CutLogits(owner, by.model(), by.adapters(), vocabulary());
  }

  private int vocabulary() {
    return teaching.teacher().vocabulary(model);
  }

  @Override
  public TextModel base() {
    return model.base();
  }

  @Override
  public TextTokenizer tokenizer() {
    return model.tokenizer();
  }

  @Override
  public StagedLoss stage(Staging at) {
    CausalNetwork network = (CausalNetwork) model.network();
    NextTokenLoss asked = NextTokenLoss.declare(at.graph());
    Expr said = at.graph().input("teacher", DType.F32, Shape.of(Shape.UNKNOWN, vocabulary()));
    at.learnsAt(asked.places());
    List<Expr> values =
        asked.values(
            network,
            weights(at),
            AttentionCache.WHOLE,
            head.chunks(at),
            base().compute(),
            at.type(),
            places -> from(places, said));
    Map<String, Expr> measures = new LinkedHashMap<>();
    measures.put(DIVERGENCE, values.get(0));
    measures.put("entropy", values.get(1));
    return new StagedLoss(values.get(0), measures);
  }

  private List<Expr> from(PlacedLogits places, Expr said) {
    Expr there = places.part().apply(said).to(places.logits().dtype());
    Expr own = places.logits().slice(1, 0, vocabulary());
    return List.of(
        teaching.settings().divergence().stage(own, there),
        places.detached().entropy(teaching.settings().divergence().temperature()));
  }

  @Override
  public List<Tensor> inputs(Scope owner, List<TokenSequence> written) {
    int pad = tokenizer().special().padId();
    List<Tensor> all =
        new ArrayList<>(ScoredTokens.inputs(owner, written, pad, model.network()).values());
    all.add(teacher.logits(owner, written));
    return all;
  }

  @Override
  public int length(TokenSequence drawn) {
    // What is learned is no prompt, and as long as it is.
    return drawn.learned() > 0 ? drawn.length() : longest(drawn).length();
  }

  private TokenSequence longest(TokenSequence prompt) {
    int tokens = teaching.settings().maxNewTokens();
    return others.longest(
        prompt, CompletionWriter.longest(prompt, tokens, model.network().longest()));
  }

  @Override
  public List<TokenSequence> largest(List<TokenSequence> batch) {
    return batch.stream().map(this::longest).toList();
  }

  @Override
  public int written(List<TokenSequence> batch) {
    return others.anyWritten() ? batch.size() : 0;
  }

  @Override
  public int learned(List<TokenSequence> written) {
    return ScoredTokens.count(written);
  }

  @Override
  public List<List<TokenSequence>> made(
      long step, List<List<TokenSequence>> batches, TrainedModel now) {
    Texts texts = texts(step, batches, now.adapters());
    List<Rollout> rollouts =
        texts.written().stream().map(CompletionWriter.Written::rollout).toList();
    told = told(texts.share(), rollouts);
    if (!rollouts.isEmpty()) {
      teaching
          .listener()
          .written(
              step + 1,
              rollouts.stream()
                  .map(each -> new ScoredRollout(each, Map.of(), OptionalDouble.empty(), 0))
                  .toList());
    }
    return texts.batches();
  }

  /** Numbers of what the student wrote; the same names in all steps. */
  private Map<String, Double> told(double written, List<Rollout> rollouts) {
    double share = teaching.settings().share();
    Map<String, Double> all = new LinkedHashMap<>();
    if (share > 0 && share < 1) {
      all.put("on_policy", written);
    }
    if (share > 0) {
      all.putAll(RolloutStatistics.lengths(rollouts));
    }
    return all;
  }

  @Override
  public List<List<TokenSequence>> looked(long step, List<List<TokenSequence>> batches) {
    return texts(step, batches, () -> MixPlan.NONE).batches();
  }

  /**
   * Texts of a step.
   *
   * @param written those that the student wrote
   * @param share of the batches that these are
   */
  private record Texts(
      List<List<TokenSequence>> batches, List<CompletionWriter.Written> written, double share) {}

  private Texts texts(long step, List<List<TokenSequence>> batches, Supplier<MixPlan> adapters) {
    Map<Boolean, List<Integer>> parts =
        IntStream.range(0, batches.size())
            .boxed()
            .collect(Collectors.partitioningBy(b -> others.written(step, b)));
    List<Integer> own = parts.getOrDefault(true, List.of());
    List<CompletionWriter.Written> written = List.of();
    List<List<TokenSequence>> all = new ArrayList<>(batches);
    try (Scope work = scope.child("writing")) {
      if (!own.isEmpty()) {
        written = writer.of(work, prompts(batches, own), step + 1, adapters.get());
        replace(all, own, written.stream().map(CompletionWriter.Written::sequence).toList());
      }
      List<Integer> rest = parts.getOrDefault(false, List.of());
      replace(all, rest, others.of(work, prompts(batches, rest), step + 1));
    }
    return new Texts(all, written, (double) own.size() / batches.size());
  }

  private static List<TokenSequence> prompts(
      List<List<TokenSequence>> batches, List<Integer> numbers) {
    return numbers.stream().flatMap(b -> batches.get(b).stream()).toList();
  }

  /** Puts texts in the place of their prompts. */
  private static void replace(
      List<List<TokenSequence>> batches, List<Integer> numbers, List<TokenSequence> texts) {
    int at = 0;
    for (int b : numbers) {
      batches.set(b, texts.subList(at, at += batches.get(b).size()));
    }
  }

  @Override
  public Map<String, Double> told() {
    return told;
  }

  @Override
  public Map<String, Double> judge(Supplier<MixPlan> adapters) {
    List<TokenSequence> held = teaching.prompts().heldOut();
    if (held.isEmpty()) {
      return Map.of();
    }
    try (Scope work = scope.child("held out")) {
      MixPlan now = adapters.get();
      List<CompletionWriter.Written> written = writer.of(work, held, 0, now);
      List<TaughtText> texts =
          written.stream()
              .map(CompletionWriter.Written::sequence)
              .filter(sequence -> sequence.learned() > 0)
              .map(TaughtText::of)
              .toList();
      Map<String, Double> all = new LinkedHashMap<>();
      all.put(DIVERGENCE, texts.isEmpty() ? Double.NaN : distance(work, texts, now));
      all.putAll(
          RolloutStatistics.lengths(
              written.stream().map(CompletionWriter.Written::rollout).toList()));
      return all;
    }
  }

  private double distance(Scope work, List<TaughtText> texts, MixPlan adapters) {
    CutLogits student = new CutLogits(work, model, adapters, vocabulary());
    return Divergence.of(
            work, texts, teacher, student, teaching.settings().divergence(), done -> {})
        .value();
  }

  /** Without a bound where batches are of two kinds, which do not compare with the first. */
  @Override
  public RateSearch.Compared compared() {
    double share = teaching.settings().share();
    return new RateSearch.Compared(Optional.empty(), false, share == 0 || share == 1);
  }

  @Override
  public Map<String, String> metadata() {
    return teaching.metadata();
  }
}
