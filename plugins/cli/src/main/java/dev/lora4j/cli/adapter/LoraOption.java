package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.file.SuffixedFile;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.full.ModulesToSaveMethod;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.pipeline.AdapterClasses;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * An adapter on the command line: {@code ink.safetensors:0.7}, {@code ink.safetensors:0.7:0.5-1},
 * {@code ink.safetensors:0@0,1@0.5,0.2@1:cosine} or {@code ink.safetensors:0,0.5,1}; all of them
 * with {@code :rank=4} behind, of an adapter that DyLoRA trained.
 *
 * @param rank how many directions are used, if not all
 */
public record LoraOption(Path file, Optional<Weight> said, Optional<Long> rank) {
  static final String FORM =
      "FILE[:WEIGHT[:FROM-TO]], FILE:WEIGHT@SHARE,...[:cosine] or FILE:WEIGHT,WEIGHT,..., and"
          + " :rank=N behind it for DyLoRA";

  private static final Pattern RANK = Pattern.compile("(.*?):?rank=([0-9]{1,9})");

  /**
   * The adapter with the directions that are used.
   *
   * @throws dev.lora4j.core.adapter.AdapterException if it has not as many
   */
  public Adapter used(Adapter whole) {
    if (rank.isEmpty()) {
      return whole;
    }
    return DyloraRule.of(new Metadata(whole.metadata()))
        .orElseThrow(
            () ->
                new Failure(
                    file
                        + " was not trained by DyLoRA, so its directions have no order and rank="
                        + rank.get()
                        + " would take any. 'lora4j resize' finds the best adapter of a lower"
                        + " rank."))
        .cut(whole, rank.get());
  }

  /** The same adapter in another place. */
  public LoraOption at(Path other) {
    return new LoraOption(other, said, rank);
  }

  /** The weight on the command line, or 1. */
  public Weight weight() {
    return said.orElse(Weight.of(1));
  }

  /**
   * Refuses adapters of texts before anything slow begins. What a text is made in are no steps that
   * a weight could change over.
   */
  public static void requireForTexts(List<LoraOption> loras) {
    for (LoraOption lora : loras) {
      AdapterFiles.requireAdapter(ExistingPath.any(lora.file()));
      if (!lora.weight().constant()) {
        throw Failure.usage(
            "The weight "
                + lora.weight().text()
                + " of "
                + lora.file()
                + " changes over the steps of a picture, which a text has not; give it one"
                + " number.");
      }
    }
  }

  /** Adapters of texts with their weights, each read from its file. */
  public static MixPlan plan(
      Console console,
      List<LoraOption> loras,
      TextModel base,
      BiFunction<Path, ReadOptions, LoadedAdapter> reading) {
    requireForTexts(loras);
    return plan(console, loras, UsageBaseModel.of(base), reading);
  }

  /**
   * Adapters with their weights, each read from its file. Those that bring the same head act on the
   * base's weights one by one, which a note says.
   *
   * @throws Failure if their heads are for other classes
   */
  public static MixPlan plan(
      Console console,
      List<LoraOption> loras,
      UsageBaseModel base,
      BiFunction<Path, ReadOptions, LoadedAdapter> reading) {
    MixPlan plan = MixPlan.NONE;
    for (LoraOption lora : loras) {
      LoadedAdapter loaded = reading.apply(lora.file(), ReadOptions.STRICT);
      base.tell(console, lora.file(), loaded);
      plan = plan.with(lora.used(loaded.adapter()), lora.weight());
    }
    if (!replacedTwice(plan)) {
      return plan;
    }
    requireSameClasses(loras);
    console.note(
        "Several adapters bring the same head, so each acts on the base's weights, and not on what"
            + " those before it made.");
    return plan.order(AdapterOrder.FROM_BASE);
  }

  /** Refuses heads whose rows mean different things. */
  private static void requireSameClasses(List<LoraOption> loras) {
    LoraOption first = loras.get(0);
    List<String> known = List.of();
    for (LoraOption lora : loras) {
      List<String> own = AdapterClasses.of(lora.file());
      if (!own.isEmpty() && !known.isEmpty() && !own.equals(known)) {
        throw new Failure(
            first.file()
                + " has a head for "
                + String.join(", ", known)
                + ", and "
                + lora.file()
                + " one for "
                + String.join(", ", own)
                + ". Adapters are blended where they are for the same classes in the same order.");
      }
      if (known.isEmpty() && !own.isEmpty()) {
        known = own;
        first = lora;
      }
    }
  }

  /**
   * True if several adapters stand in the place of the same weights, as heads do: in turn the last
   * of them would undo the others.
   */
  private static boolean replacedTwice(MixPlan plan) {
    Set<String> replaced = new HashSet<>();
    for (Adapter adapter : plan.adapters()) {
      for (String site : adapter.sites().keySet()) {
        boolean whole =
            adapter.at(site).stream().anyMatch(f -> f.method().equals(ModulesToSaveMethod.NAME));
        if (whole && !replaced.add(site)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Name of the adapter for other options: that of its file. */
  public static String name(Path file) {
    return String.valueOf(file.toAbsolutePath().normalize().getFileName())
        .replaceFirst("\\.(safetensors|gguf)$", "");
  }

  /** Names of these adapters in messages, with weights other than 1. */
  public static String names(List<LoraOption> loras) {
    return loras.stream()
        .map(l -> name(l.file()) + (l.weight().equals(Weight.of(1)) ? "" : ":" + l.weight().text()))
        .collect(Collectors.joining(" and "));
  }

  /** Reads the forms above; what is left out is weight 1 and all steps. */
  public static final class Reader implements ITypeConverter<LoraOption> {
    @Override
    public LoraOption convert(String text) {
      if (text.isEmpty()) {
        throw new TypeConversionException("expected " + FORM + ", found nothing");
      }
      try {
        SuffixedFile parts = SuffixedFile.of(text);
        Optional<Matcher> ranked = parts.suffix().map(RANK::matcher).filter(Matcher::matches);
        Optional<String> weight =
            ranked.isPresent()
                ? ranked.map(m -> m.group(1)).filter(w -> !w.isEmpty())
                : parts.suffix();
        return new LoraOption(
            StoredAdapterFile.of(parts.file()),
            weight.map(Weight::parse),
            ranked.map(m -> Long.valueOf(m.group(2))));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException("in '" + text + "', " + e.getMessage());
      }
    }
  }
}
