package dev.lora4j.cli.generate;

import dev.lora4j.cli.adapter.BlockWeightOptions;
import dev.lora4j.cli.adapter.LoraOption;
import dev.lora4j.cli.adapter.MixerReader;
import dev.lora4j.cli.adapter.PartialOption;
import dev.lora4j.cli.adapter.UsageBaseModel;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Names;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.file.PictureFile;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.diffusion.base.BaseOutline;
import dev.lora4j.diffusion.clip.LoraTags;
import dev.lora4j.diffusion.request.FewSteps;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.Region;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The adapters that take part in a picture. */
final class MixOption {

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT[:FROM-TO]]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter to blend in, a file or PEFT's folder, its weight (default: 1), and the share of"
              + " the steps in which it takes part, for example ink.safetensors:0.7:0.5-1; or"
              + " weights at shares of the steps with straight lines between them,"
              + " ink.safetensors:0@0,1@0.5,0.2@1, or rounded ones if :cosine follows. Of an adapter"
              + " that DyLoRA trained, :rank=4 behind it uses so many directions. May be given"
              + " several times.")
  List<LoraOption> loras = new ArrayList<>();

  @Mixin private final BlockWeightOptions shares = new BlockWeightOptions();

  @Option(
      names = "--route",
      paramLabel = "ROUTE",
      converter = RouteReader.class,
      description =
          "Adapters merged into the denoiser's weights (merged), computed beside them (unmerged), or"
              + " as seems faster (auto, the default).")
  private Route route = Route.AUTO;

  @Option(
      names = "--mixer",
      paramLabel = "NAME[:KEY=VALUE,...]",
      converter = MixerReader.class,
      completionCandidates = Names.OfMixers.class,
      description =
          "How the adapters are blended, for example switch:tau=3 (default: what each does at its"
              + " weight is added up). Installed: ${COMPLETION-CANDIDATES}. 'lora4j plugins list'"
              + " has their settings.")
  private Optional<Mixer> mixer = Optional.empty();

  @Option(
      names = "--region",
      paramLabel = "NAME=FILE",
      description =
          "The part of the picture in which an adapter counts: where this picture is light. It is"
              + " stretched over the picture. May be given for several adapters.")
  private Map<String, Path> regionFiles = new LinkedHashMap<>();

  private final Map<String, RegionMask> regions = new LinkedHashMap<>();

  @Option(
      names = "--lora-dir",
      paramLabel = "DIR",
      description =
          "Folder of the adapters that prompts name, as in <lora:ink:0.7> (default: the current"
              + " folder).")
  Optional<Path> folder = Optional.empty();

  private final Map<Path, LoadedAdapter> read = new LinkedHashMap<>();
  private final Map<Path, Adapter> files = new LinkedHashMap<>();

  /** Files of adapters of which not all directions are used, by the identity of what is used. */
  private final Map<String, Path> cuts = new LinkedHashMap<>();

  @Mixin final PartialOption partial = new PartialOption();

  /** Refuses missing files before anything slow begins. */
  void requireFiles() {
    loras.forEach(l -> AdapterFiles.requireAdapter(ExistingPath.any(l.file())));
    shares.require();
    folder.ifPresent(ExistingPath::folder);
    regionFiles.forEach(
        (name, file) -> {
          ExistingPath.file(file);
          try {
            regions.put(name, Region.of(file.toString(), PictureFile.read(file)));
          } catch (IllegalArgumentException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
          }
        });
  }

  /** Adapters with regions. */
  Set<String> regional() {
    return regionFiles.keySet();
  }

  /** Refuses to write over what is read. */
  void requireOther(Path file) {
    regionFiles.forEach((name, f) -> OutputFile.requireOther(file, f, "the region of " + name));
  }

  /** Region of an adapter, if it has one. */
  Optional<RegionMask> region(String adapter) {
    return Optional.ofNullable(regions.get(adapter));
  }

  /** Reads the adapters. */
  MixPlan plan(Console console, OpenModel model) {
    MixPlan plan = MixPlan.NONE.route(route);
    for (LoraOption lora : loras) {
      Adapter adapter = lora.used(read(console, model, lora.file()));
      if (lora.rank().isPresent()) {
        cuts.put(adapter.identity(), lora.file());
      }
      plan = with(model, plan, adapter, lora.weight());
    }
    return plan;
  }

  private MixPlan with(OpenModel model, MixPlan plan, Adapter adapter, Weight weight) {
    return with(model, plan, adapter, weight, Optional.empty());
  }

  private MixPlan with(
      OpenModel model, MixPlan plan, Adapter adapter, Weight weight, Optional<Double> text) {
    SiteWeights own = shares.shares(adapter, model.sd().sites());
    return plan.with(
        new MixPlan.Part(
            adapter, weight, shares.text(adapter).or(() -> text), own, region(adapter.name())));
  }

  /** Refuses options of adapters that do not take part in a prompt, before any is read. */
  void requireUsed(Prompt prompt) {
    List<String> names = names(prompt);
    shares.requireUsed(names);
    BlockWeightOptions.requireUsed(names, "--region", regionFiles.keySet());
    if (mixer.isPresent() && names.isEmpty()) {
      throw Failure.usage("--mixer has nothing to blend, as no adapter takes part.");
    }
  }

  /** Names of the adapters of a prompt; searches the files of those in its tags. */
  List<String> names(Prompt prompt) {
    List<String> names = new ArrayList<>();
    loras.forEach(lora -> names.add(LoraOption.name(lora.file())));
    for (LoraTags.Tag tag : tags(prompt).tags()) {
      Path file = tagged(tag);
      AdapterFiles.requireAdapter(file);
      names.add(LoraOption.name(file));
    }
    return names;
  }

  /**
   * Reads the adapters, and complains about those that a base has no layers for, and about shares
   * of blocks that it has not, before it is loaded.
   */
  void requireFits(BaseOutline base, List<Prompt> prompts) {
    Set<Path> wanted = new LinkedHashSet<>();
    loras.forEach(lora -> wanted.add(lora.file()));
    prompts.forEach(prompt -> tags(prompt).tags().forEach(tag -> wanted.add(tagged(tag))));
    if (wanted.isEmpty()) {
      return;
    }
    Family family = base.family();
    for (Path file : wanted) {
      LoadedAdapter loaded = AdapterFiles.read(file, family, partial.options());
      shares.shares(loaded.adapter(), family.sites());
      read.put(file, loaded);
      loras.stream()
          .filter(lora -> lora.file().equals(file))
          .forEach(lora -> lora.used(loaded.adapter()));
    }
  }

  /**
   * The adapter of a prompt that is for few steps, by its name, if there is one of a weight other
   * than 0; the first of several. Called after {@link #requireFits}.
   */
  Optional<Map.Entry<String, FewSteps>> fewSteps(Prompt prompt) {
    Stream<Path> named =
        loras.stream().filter(lora -> lora.weight().value() != 0).map(LoraOption::file);
    Stream<Path> inText =
        tags(prompt).tags().stream().filter(tag -> tag.weight() != 0).map(this::tagged);
    return Stream.concat(named, inText)
        .flatMap(file -> Optional.ofNullable(read.get(file)).stream())
        .map(LoadedAdapter::adapter)
        .flatMap(a -> FewSteps.of(a.metadata()).map(use -> Map.entry(a.name(), use)).stream())
        .findFirst();
  }

  /** The file that a prompt names. */
  private Path tagged(LoraTags.Tag tag) {
    return new LoraFolder(folder.orElse(Path.of("."))).require(tag.name());
  }

  /** A prompt whose tags have become adapters, after those of {@code plan}. */
  Prompt tagged(Console console, OpenModel model, Prompt prompt, MixPlan plan) {
    LoraTags tags = tags(prompt);
    MixPlan all = plan;
    for (LoraTags.Tag tag : tags.tags()) {
      Adapter adapter = read(console, model, tagged(tag));
      all = with(model, all, adapter, Weight.of(tag.weight()), tag.text());
    }
    Prompt mixed = prompt.text(tags.text()).mix(all);
    return mixer.map(mixed::mixer).orElse(mixed);
  }

  private static LoraTags tags(Prompt prompt) {
    return Failure.usage(() -> LoraTags.of(prompt.text()));
  }

  /** Reads an adapter, once, and notes its oddities. */
  Adapter read(Console console, OpenModel model, Path file) {
    Adapter known = files.get(file);
    if (known != null) {
      return known;
    }
    LoadedAdapter loaded =
        read.computeIfAbsent(file, f -> model.sd().loadAdapter(f, partial.options()));
    UsageBaseModel.of(model.sd().base()).tell(console, file, loaded);
    files.put(file, loaded.adapter());
    return loaded.adapter();
  }

  /** The file of each adapter that was read, by identity. */
  Map<String, Path> files() {
    Map<String, Path> byIdentity = new LinkedHashMap<>();
    files.forEach((file, adapter) -> byIdentity.put(adapter.identity(), file));
    byIdentity.putAll(cuts);
    return byIdentity;
  }

  /** Reads a route. */
  static final class RouteReader implements ITypeConverter<Route> {
    @Override
    public Route convert(String text) {
      return Route.of(text)
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "expected auto, merged or unmerged, found '" + text + "'"));
    }
  }
}
