package dev.lora4j.diffusion.denoising;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionInputs;
import dev.lora4j.core.mix.RegionalAdapters;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.RouteCost;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.SitePlacement.Nowhere;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.diffusion.base.TextEncoder;
import dev.lora4j.diffusion.conditioning.TextMix;
import dev.lora4j.diffusion.record.GenerationInfo;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The networks of a base for the pictures of a batch, with the merged or unmerged adapters of each.
 * A picture with several plans is as many pictures here. Valid while its scope is open; the base
 * itself is never changed.
 */
public final class MixedNetworks {
  private final Scope scope;
  private final DiffusionModel base;
  private final PipelinePrograms programs;
  private final int steps;
  private final List<MixPlan> plans;
  private final BatchMix mix;
  private final Map<Object, TextMix> texts = new HashMap<>();
  private final Map<Object, MergedNetworks> insides = new HashMap<>();

  private final Map<Form, Network> networks = new HashMap<>();

  private final Map<String, Tensor> factors;
  private final Set<String> unmergedSites;
  private final RegionInputs regions;
  private final Map<List<Integer>, Map<String, Tensor>> areas = new HashMap<>();

  /**
   * Form of the denoiser's program.
   *
   * @param regional whether adapters count in parts of the picture
   * @param references reference pictures of each row
   */
  private record Form(boolean regional, int references) {}

  /** The denoiser's weights for pictures that can share a run. */
  private static final class MergedNetworks {
    private final MergedSites sites;
    private Map<String, Tensor> patched = Map.of();
    private final Map<Form, HeldInputs> held = new HashMap<>();

    MergedNetworks(MergedSites sites) {
      this.sites = sites;
    }
  }

  /** For one picture. */
  public MixedNetworks(
      Scope scope, DiffusionModel base, PipelinePrograms programs, MixPlan mix, int steps) {
    this(
        scope,
        base,
        programs,
        List.of(mix),
        List.of(2),
        new GridSize(base.sampleSize(), base.sampleSize()),
        steps);
  }

  /**
   * For pictures that are made together.
   *
   * @param rows how many rows each takes of the denoiser's batch
   * @param finest rows and columns of the latents
   */
  MixedNetworks(
      Scope scope,
      DiffusionModel base,
      PipelinePrograms programs,
      List<MixPlan> plans,
      List<Integer> rows,
      GridSize finest,
      int steps) {
    this.scope = scope;
    this.base = base;
    this.programs = programs;
    this.steps = steps;
    this.plans = routed(plans, rows, finest);
    mix = new BatchMix(this.plans, base.sites(), base.denoiser().component());
    unmergedSites = mix.unmergedSites();
    factors = scope.own(programs.factors().of(mix)).tensors();
    regions = new RegionInputs(mix);
  }

  /** Chooses the faster route where a plan leaves it open. */
  private List<MixPlan> routed(List<MixPlan> all, List<Integer> rows, GridSize finest) {
    List<MixPlan> open = new ArrayList<>();
    List<Integer> openRows = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).route() == Route.AUTO) {
        open.add(all.get(i));
        openRows.add(rows.get(i));
      }
    }
    Route chosen = chosen(open, openRows, finest);
    return all.stream().map(p -> p.route() == Route.AUTO ? p.route(chosen) : p).toList();
  }

  /** Merged weights stay in memory, which is bounded where weights are read block by block. */
  private Route chosen(List<MixPlan> open, List<Integer> openRows, GridSize finest) {
    if (base.weightsMemory().isPresent()) {
      return Route.UNMERGED;
    }
    int words = base.contextTokens();
    SitePlacement.Of places = base.denoiser().places();
    return new RouteCost(base.sites(), base.denoiser().component(), places, finest, words)
        .choose(open, steps, openRows);
  }

  /** {@link #text} of the first picture. */
  public List<Tensor> text(
      Scope work, TextEncoder encoder, HiddenView view, Map<String, Tensor> data) {
    return text(0).run(work, encoder, view, data);
  }

  /** The text encoders for the whole of a picture. */
  public TextMix text(int picture) {
    return texts(picture).get(0);
  }

  /**
   * The text encoders for a picture's contexts: of the whole picture, then with each adapter that
   * counts in a part of it. Where they are the same, one for all, also of other pictures.
   */
  List<TextMix> texts(int picture) {
    return plans.get(picture).contexts().stream()
        .map(
            plan ->
                texts.computeIfAbsent(
                    TextMix.key(plan, base.textEncoders()),
                    k -> new TextMix(scope, base, programs.texts(), programs.merged(), plan)))
        .toList();
  }

  /** {@link #unet} of the first picture alone, whose are all rows. */
  public Tensor unet(Scope work, Map<String, Tensor> inputs, int step) {
    int rows = Math.toIntExact(requireX(inputs).shape().size(0));
    return unet(work, Collections.nCopies(rows, 0), inputs, step);
  }

  /**
   * Runs the denoiser.
   *
   * @param pictures for each row of the batch its picture; all of one {@link #group}
   * @param inputs inputs of {@link dev.lora4j.diffusion.base.StagedNetworks#denoiser}
   * @return F32 [batch, channels, h, w]
   */
  Tensor unet(Scope work, List<Integer> pictures, Map<String, Tensor> inputs, int step) {
    Map<String, Tensor> data = new HashMap<>(inputs);
    if (!unmergedSites.isEmpty()) {
      float[] weights = mix.weights(pictures, step, steps);
      data.put(
          UnmergedAdapters.WEIGHTS,
          Tensor.of(work, Shape.of(pictures.size(), mix.columns()), weights));
    }
    int first = pictures.get(0);
    boolean regional = regions.contexts(first) > 1;
    if (regional) {
      data.putAll(regional(work, pictures, inputs, step));
    }
    MergedNetworks inside =
        insides.computeIfAbsent(
            group(first),
            g ->
                new MergedNetworks(
                    mix.mergedSites(scope, programs.merged(), base.denoiserWeights(), first)));
    Form form = new Form(regional, references(inputs));
    Map<String, Tensor> patched = inside.sites.at(plans.get(first).at(step, steps));
    return network(form).run(work, held(form, inside, patched), data).get(0);
  }

  private Map<String, Tensor> regional(
      Scope work, List<Integer> pictures, Map<String, Tensor> inputs, int step) {
    Map<String, Tensor> data =
        new HashMap<>(areas.computeIfAbsent(pictures, p -> areas(p, requireX(inputs).shape())));
    int rows = pictures.size();
    int contexts = regions.contexts(pictures.get(0));
    int columns = mix.columns();
    float[] words = regions.words(pictures, step, steps);
    data.put(
        RegionalAdapters.WORDS, Tensor.of(work, Shape.of((long) rows * contexts, columns), words));
    float[] nowhere = regions.nowhere(pictures, step, steps);
    data.put(RegionalAdapters.NOWHERE, Tensor.of(work, Shape.of(rows, columns), nowhere));
    return data;
  }

  /** Inputs of the regions that stay the same over the steps. */
  private Map<String, Tensor> areas(List<Integer> pictures, Shape latents) {
    Map<String, Tensor> data = new HashMap<>();
    GridSize finest = new GridSize((int) latents.size(2), (int) latents.size(3));
    int rows = pictures.size();
    int contexts = regions.contexts(pictures.get(0));
    for (int level = 0; level < base.denoiser().levels(); level++) {
      GridSize grid = finest.level(level);
      Shape areas = Shape.of(rows, mix.columns(), grid.places());
      data.put(
          RegionalAdapters.area(level), Tensor.of(scope, areas, regions.areas(pictures, grid)));
      Shape shares = Shape.of(rows, contexts, grid.places());
      data.put(
          StagedNetworks.shares(level), Tensor.of(scope, shares, regions.shares(pictures, grid)));
    }
    return data;
  }

  private static int references(Map<String, Tensor> inputs) {
    int count = 0;
    while (inputs.containsKey(StagedNetworks.reference(count))) {
      count++;
    }
    return count;
  }

  private static Tensor requireX(Map<String, Tensor> inputs) {
    return Objects.requireNonNull(inputs.get("x"));
  }

  /** Gathers the denoiser's weights again only when some were merged since. */
  private HeldInputs held(Form form, MergedNetworks inside, Map<String, Tensor> patched) {
    if (!inside.patched.equals(patched)) {
      inside.held.values().forEach(HeldInputs::close);
      inside.held.clear();
      inside.patched = Map.copyOf(patched);
    }
    return inside.held.computeIfAbsent(
        form, f -> network(f).hold(scope, base.denoiserWeights(), inside.patched, factors));
  }

  private Network network(Form form) {
    return networks.computeIfAbsent(
        form, f -> programs.denoiser().of(unmergedSites, f.regional(), f.references()));
  }

  /** The same for pictures that may be in one run of the denoiser. */
  Object group(int picture) {
    return List.of(mix.mergedKey(picture), regions.contexts(picture));
  }

  /** Adapters with regions that would also change what has no place in the picture. */
  List<String> leftOut(int picture) {
    SitePlacement.Of places = base.denoiser().places();
    String denoiser = base.denoiser().component() + ".";
    return plans.get(picture).parts().stream()
        .filter(p -> p.area().isPresent())
        .filter(
            p ->
                p.adapter().sites().keySet().stream()
                    .anyMatch(s -> s.startsWith(denoiser) && places.of(s) instanceof Nowhere))
        .map(p -> p.adapter().name())
        .toList();
  }

  /** Route of a picture's adapters, as in {@link GenerationInfo}. */
  String route(int picture) {
    if (plans.get(picture).parts().isEmpty()) {
      return "none";
    }
    return mix.isUnmerged(picture) ? Route.UNMERGED.recorded() : Route.MERGED.recorded();
  }

  /** Adapters of a picture that are merged although others are unmerged. */
  List<String> insideAfterAll(int picture) {
    return mix.isUnmerged(picture) || plans.get(picture).route() == Route.UNMERGED
        ? mix.mergedNames(picture)
        : List.of();
  }
}
