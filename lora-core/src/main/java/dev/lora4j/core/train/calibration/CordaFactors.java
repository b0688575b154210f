package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.CalibrationSettings;
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
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.core.train.run.TrainingBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Factors by weights and the inputs of linear layers (CorDA, Yang et al. 2024), by the rules of
 * PEFT's {@code preprocess_corda}. The squares of inputs of a group of layers exist at once, and
 * the batches are looked at once for each group.
 */
final class CordaFactors {
  /** Squares of a width that a program holds: the sum before a batch, after it, and a product. */
  private static final int SQUARES = 3;

  private final CalibrationData data;
  private final Map<Site, SiteRecipe> ranks;
  private final long group;
  private final CalibrationSettings settings;
  private final Map<Site, Map<String, HostTensor>> found = new HashMap<>();

  private CordaFactors(CalibrationData data, Map<Site, SiteRecipe> ranks, long group) {
    this.data = data;
    this.ranks = ranks;
    this.group = group;
    settings = data.plan().recipe().calibration();
  }

  /**
   * Layers with their factors.
   *
   * @param ranks the layers with their ranks
   * @param group bytes of squares at once
   */
  static Map<Site, WarmStartFactors> of(
      CalibrationData data, Map<Site, SiteRecipe> ranks, long group, List<String> notes) {
    return new CordaFactors(data, ranks, group).found(notes);
  }

  private Map<Site, WarmStartFactors> found(List<String> notes) {
    List<List<Site>> inputs = LayerInputs.of(data.task(), CalibrationData.names(data.layers()));
    if (inputs.isEmpty()) {
      throw new IllegalArgumentException(
          "init = corda is for layers that the training data reach, and none of them is trained;"
              + " name others, or take another init.");
    }
    List<List<List<Site>>> groups = groups(inputs);
    for (int g = 0; g < groups.size(); g++) {
      try (Scope work = data.scope().child("covariances")) {
        look(work, groups.get(g), g, groups.size());
      }
    }
    Map<Site, WarmStartFactors> all = new LinkedHashMap<>();
    ranks.forEach(
        (site, recipe) ->
            all.put(site, new WarmStartFactors(recipe, found.getOrDefault(site, Map.of()))));
    notes.add(
        "First factors by the weights and the inputs of "
            + settings.cordaBatches()
            + " batches (corda, "
            + settings.corda()
            + "), at "
            + found.size()
            + " layers.");
    return all;
  }

  private List<List<List<Site>>> groups(List<List<Site>> inputs) {
    List<List<List<Site>>> groups = new ArrayList<>();
    long bytes = 0;
    for (List<Site> sites : inputs) {
      long width = sites.get(0).in();
      long own = SQUARES * DType.F64.bytes(width * width);
      if (groups.isEmpty() || bytes + own > group) {
        groups.add(new ArrayList<>());
        bytes = 0;
      }
      groups.get(groups.size() - 1).add(sites);
      bytes += own;
    }
    return groups;
  }

  private void look(Scope work, List<List<Site>> inputs, int number, int groups) {
    Set<String> asked = inputs.stream().map(s -> s.get(0).name()).collect(Collectors.toSet());
    Map<String, Site> byName = new HashMap<>();
    Map<String, Tensor> sums = new HashMap<>();
    for (List<Site> sites : inputs) {
      Site first = sites.get(0);
      byName.put(first.name(), first);
      byte[] zeros = new byte[Math.toIntExact(DType.F64.bytes(first.in() * first.in()))];
      sums.put(
          InputCovariance.held(first.name()),
          HostTensor.owning(DType.F64, Shape.of(first.in(), first.in()), zeros).on(work));
    }
    List<InputCovariance> staged = new ArrayList<>();
    Graph graph =
        Staging.watched(
                data.task(),
                at -> {
                  staged.add(new InputCovariance(at, asked));
                  return staged.get(0);
                })
            .graph();
    int batches = settings.cordaBatches();
    try (Program program = graph.inference(work, staged.get(0).outputs())) {
      for (int b = 0; b < batches; b++) {
        data.listener().calibrating(number * batches + b, groups * batches);
        add(work, program, data.batch(b), staged.get(0).names(), byName, sums);
      }
    }
    data.listener().calibrating((number + 1) * batches, groups * batches);
    for (List<Site> sites : inputs) {
      Tensor sum = Objects.requireNonNull(sums.get(InputCovariance.held(sites.get(0).name())));
      try (CovariantDirections directions =
          CovariantDirections.of(work, sites.get(0), sum, batches)) {
        sites.forEach(site -> found.put(site, factors(work, directions, site)));
      }
    }
  }

  private Map<String, HostTensor> factors(Scope work, CovariantDirections directions, Site site) {
    SiteRecipe recipe = Objects.requireNonNull(ranks.get(site));
    // Weights of few bits are made for it.
    try (Scope one = work.child("weight")) {
      Tensor weight = data.task().weight(one, site);
      List<HostTensor> pair = directions.factors(site, recipe, settings.corda(), weight);
      return Map.of(LoraTraining.DOWN, pair.get(0), LoraTraining.UP, pair.get(1));
    }
  }

  private void add(
      Scope work,
      Program program,
      TrainingBatch batch,
      List<String> names,
      Map<String, Site> byName,
      Map<String, Tensor> sums) {
    try (Scope one = work.child("batch");
        HeldInputs held =
            program.hold(
                one, name -> sums.containsKey(name) ? sums.get(name) : data.task().held(name))) {
      List<Tensor> out = program.run(one, held, batch.inputs(one));
      for (int i = 0; i < names.size(); i++) {
        int from = i * InputCovariance.OUTPUTS;
        if (HostTensor.of(out.get(from + 1)).doubles()[0] == 0) {
          throw data.notFinite(
              "the input", Objects.requireNonNull(byName.get(names.get(i))), batch);
        }
        Tensor before = sums.put(InputCovariance.held(names.get(i)), out.get(from).moveTo(work));
        if (before != null) {
          before.close();
        }
      }
    }
  }
}
