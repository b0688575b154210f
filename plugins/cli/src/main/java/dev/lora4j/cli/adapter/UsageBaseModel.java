package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Printable;
import dev.lora4j.cli.model.BaseWeights;
import dev.lora4j.cli.model.ModelOptions;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.BaseRounding;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.spi.ExtensionRequest;
import dev.lora4j.text.model.TextModel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Base of adapters, for notes about adapters that depend on it.
 *
 * @param name of its folder or file
 * @param hash SHA-256 of its weights, computed on demand; empty if it has none
 * @param rounding how its weights were rounded when they were loaded; empty if they were not
 */
public record UsageBaseModel(
    String name, Supplier<Optional<String>> hash, Optional<Quantisation> rounding) {
  private static final int WIDTH = 600;

  public static UsageBaseModel of(DiffusionModel base) {
    return new UsageBaseModel(
        name(base.path()), () -> Optional.of(base.hash()), base.precision().quantisation());
  }

  public static UsageBaseModel of(TextModel base) {
    return new UsageBaseModel(
        name(base.path()), () -> Optional.of(base.hash()), base.precision().quantisation());
  }

  /** The base of a command that leaves it to other machines to load it. */
  public static UsageBaseModel of(ModelOptions base) {
    Path path = base.outline().path();
    return new UsageBaseModel(
        name(path), () -> BaseWeights.hash(path), base.precision.of(DType.F32).quantisation());
  }

  /** A base that was not loaded into an engine. */
  static UsageBaseModel of(Path base) {
    return new UsageBaseModel(name(base), () -> BaseWeights.hash(base), Optional.empty());
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  /** Notes what is odd about an adapter, and that it was trained on another base, if it was. */
  public void tell(Console console, Path file, LoadedAdapter adapter) {
    adapter.warnings().forEach(w -> console.note(file + ": " + Printable.of(w, WIDTH)));
    KeyReport.tell(console, file, adapter.account());
    tellOther(console, file, adapter);
  }

  /** Notes that an adapter was trained on another base, if it was. */
  void tellOther(Console console, Path file, LoadedAdapter adapter) {
    other(adapter).ifPresent(text -> console.note(file + ": " + text));
    otherRounding(adapter).ifPresent(text -> console.note(file + ": " + text));
  }

  /** Text, if an adapter makes up for a rounding that this base has not had; else empty. */
  private Optional<String> otherRounding(LoadedAdapter adapter) {
    String own = rounding.map(how -> ExtensionRequest.of(how).text()).orElse("");
    return BaseRounding.of(new Metadata(adapter.adapter().metadata()))
        .filter(made -> made.needed() && !made.precision().equals(own))
        .map(
            made ->
                "It began with what rounding the base to "
                    + Printable.of(made.precision(), WIDTH)
                    + " took away (init = loftq), and this base is "
                    + (own.isEmpty() ? "not rounded" : "rounded to " + own)
                    + ". Use it with --base-precision "
                    + Printable.of(made.precision(), WIDTH)
                    + ".");
  }

  /** Text, if the header of an adapter names other weights than these; else empty. */
  private Optional<String> other(LoadedAdapter adapter) {
    RecordedBaseModel mark = RecordedBaseModel.of(new Metadata(adapter.adapter().metadata()));
    if (mark.hash().isEmpty()) {
      return Optional.empty();
    }
    RecordedBaseModel own = new RecordedBaseModel(Optional.of(name), hash.get());
    return mark.agrees(own)
        ? Optional.empty()
        : Optional.of(
            "It was trained on "
                + mark.text()
                + ", and is used on "
                + own.text()
                + ". Its layers fit; how well it works there is not known.");
  }
}
