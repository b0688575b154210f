package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.EvaSettings;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Ranks and down factors by the inputs of linear layers (EVA, Paischer et al. 2024), by the rules
 * of PEFT's {@code initialize_lora_eva_weights}: batches are looked at until the directions that
 * layers have ranks for settle.
 */
final class EvaFactors {
  /** Seed of the random directions that decompositions begin with; PEFT's. */
  private static final long SEED = 42;

  private final CalibrationData data;
  private final CalibrationSettings settings;
  private final Map<Site, SiteRecipe> usual;
  private final List<InputState> inputs = new ArrayList<>();

  /** The input of each linear layer; those that stand for their input come first. */
  private final Map<Site, InputState> layers = new LinkedHashMap<>();

  private EvaFactors(CalibrationData data) {
    this.data = data;
    settings = data.plan().recipe().calibration();
    usual = data.plan().sites();
  }

  /**
   * Layers with their ranks and factors.
   *
   * @param notes receives sentences about them
   */
  static Map<Site, WarmStartFactors> of(CalibrationData data, List<String> notes) {
    return new EvaFactors(data).found(notes);
  }

  private Map<Site, WarmStartFactors> found(List<String> notes) {
    Set<String> linear =
        CalibrationData.names(
            data.layers().stream().filter(s -> s.kind() == Site.Kind.LINEAR).toList());
    for (List<Site> sites : LayerInputs.of(data.task(), linear)) {
      InputState input =
          new InputState(data.scope(), sites, directions(sites), settings.eva().tau());
      inputs.add(input);
      layers.put(sites.get(0), input);
    }
    for (InputState input : inputs) {
      input.layers().stream().skip(1).forEach(site -> layers.put(site, input));
    }
    if (layers.isEmpty()) {
      throw new IllegalArgumentException(
          "init = eva is for linear layers, and none that the training data reach is trained; name"
              + " some, for example those of the preset attention, or take another init.");
    }
    Map<String, Integer> ranks = looked(notes);
    notes.add(told(ranks));
    return factors(ranks, notes);
  }

  private int directions(List<Site> sites) {
    EvaSettings eva = settings.eva();
    double most = 1;
    for (Site site : sites) {
      most = Math.max(most, Math.rint(rank(site) * eva.rho()));
    }
    return (int) Math.min(most, (double) sites.get(0).in());
  }

  private long rank(Site site) {
    return Objects.requireNonNull(usual.get(site)).rank();
  }

  /** Looks at batches, and returns the ranks that come of them. */
  private Map<String, Integer> looked(List<String> notes) {
    int most = settings.mostEvaBatches();
    Map<String, Integer> ranks = new LinkedHashMap<>();
    layers.forEach((site, input) -> ranks.put(site.name(), input.count()));
    Map<String, Integer> counts = new HashMap<>();
    inputs.forEach(input -> counts.put(input.name(), input.count()));
    List<InputDirections> staged = new ArrayList<>();
    Graph graph =
        Staging.watched(
                data.task(),
                at -> {
                  staged.add(new InputDirections(at, counts));
                  return staged.get(0);
                })
            .graph();
    Map<String, Tensor> random = random();
    try (Program program = graph.inference(data.scope(), staged.get(0).outputs())) {
      for (int b = 0; b < most; b++) {
        data.listener().calibrating(b, most);
        look(program, staged.get(0).names(), random, data.batch(b));
        if (inputs.stream().allMatch(InputState::known)) {
          ranks.putAll(ranks());
        }
        if (settled(ranks) == inputs.size()) {
          data.listener().calibrating(most, most);
          notes.add("Directions of inputs had settled after " + (b + 1) + " batches.");
          return ranks;
        }
      }
    }
    data.listener().calibrating(most, most);
    requireKnown();
    notes.add(
        String.format(
            Locale.ROOT,
            "After %d batches the directions of %d of %d inputs still moved by more than tau = %s"
                + " allows; they are taken as they are.",
            most,
            inputs.size() - settled(ranks),
            inputs.size(),
            settings.eva().tau()));
    return ranks;
  }

  private void look(
      Program program, List<String> names, Map<String, Tensor> random, TrainingBatch batch) {
    Map<String, Tensor> held = new HashMap<>(random);
    inputs.forEach(input -> input.hold(held));
    Map<String, InputState> byName = new HashMap<>();
    inputs.forEach(input -> byName.put(input.name(), input));
    try (Scope one = data.scope().child("batch");
        HeldInputs weights =
            program.hold(
                one, name -> held.containsKey(name) ? held.get(name) : data.task().held(name))) {
      List<Tensor> out = program.run(one, weights, batch.inputs(one));
      for (int i = 0; i < names.size(); i++) {
        InputState input = Objects.requireNonNull(byName.get(names.get(i)));
        int from = i * InputDirections.OUTPUTS;
        if (!input.update(data.scope(), out.subList(from, from + InputDirections.OUTPUTS))) {
          throw data.notFinite("the input", input.layers().get(0), batch);
        }
      }
    }
  }

  /** Number of inputs whose directions have settled that their layer has a rank for. */
  private int settled(Map<String, Integer> ranks) {
    int count = 0;
    for (InputState input : inputs) {
      count += input.settle(ranks.getOrDefault(input.name(), input.count())) ? 1 : 0;
    }
    return count;
  }

  private Map<String, Integer> ranks() {
    Map<String, double[]> shares = new LinkedHashMap<>();
    layers.forEach((site, input) -> shares.put(site.name(), input.shares()));
    return VariationRanks.of(shares, layers.keySet().stream().mapToLong(this::rank).sum());
  }

  private void requireKnown() {
    for (InputState input : inputs) {
      if (!input.known()) {
        throw new IllegalArgumentException(
            "init = eva looks for "
                + input.count()
                + " directions of the input of "
                + input.name()
                + " (rho times the rank), and no batch has so many rows of it, at most "
                + input.rows()
                + ". Take a larger batch, a smaller rank, rho = 1, or another init.");
      }
    }
  }

  private Map<String, Tensor> random() {
    Map<String, Tensor> random = new HashMap<>();
    for (InputState input : inputs) {
      long width = input.layers().get(0).in();
      long columns = InputDirections.columns(width, input.count());
      random.computeIfAbsent(
          InputDirections.random(width, columns),
          name -> {
            SeededNoise noise = SeededNoise.of(SEED, width, columns);
            double[] values = new double[Math.toIntExact(width * columns)];
            for (int i = 0; i < values.length; i++) {
              values[i] = noise.gaussian();
            }
            return HostTensor.of(DType.F64, Shape.of(width, columns), values).on(data.scope());
          });
    }
    return random;
  }

  private Map<Site, WarmStartFactors> factors(Map<String, Integer> ranks, List<String> notes) {
    Map<Site, WarmStartFactors> all = new LinkedHashMap<>();
    int without = 0;
    int others = 0;
    for (Map.Entry<Site, SiteRecipe> entry : usual.entrySet()) {
      Site site = entry.getKey();
      InputState input = layers.get(site);
      int rank = ranks.getOrDefault(site.name(), 0);
      if (input == null) {
        others += data.layers().contains(site) ? 1 : 0;
        all.put(site, new WarmStartFactors(entry.getValue(), Map.of()));
      } else if (rank == 0) {
        without++;
      } else {
        all.put(
            site,
            new WarmStartFactors(
                recipe(entry.getValue(), rank),
                Map.of(LoraTraining.DOWN, input.down(rank, settings.eva().whiten()))));
      }
    }
    if (without > 0) {
      notes.add(without + " layers got the rank 0 and are not trained.");
    }
    if (others > 0) {
      notes.add(
          others
              + " layers that are no linear layers, or that no batch reaches, begin as kaiming with"
              + " their rank.");
    }
    return all;
  }

  /** As in PEFT alpha follows the rank also where it is divided by the rank's root. */
  private SiteRecipe recipe(SiteRecipe usually, int rank) {
    double alpha =
        settings.eva().adjustScaling() ? usually.alpha() * rank / usually.rank() : usually.alpha();
    return new SiteRecipe(rank, alpha, usually.rankStabilised(), usually.start());
  }

  private String told(Map<String, Integer> ranks) {
    Map<Site, Long> found = new LinkedHashMap<>();
    layers.keySet().forEach(s -> found.put(s, (long) ranks.getOrDefault(s.name(), 0)));
    return "Ranks by the variation of inputs, " + RankSummary.of(found);
  }
}
