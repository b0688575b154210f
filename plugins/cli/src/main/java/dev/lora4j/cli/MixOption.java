package dev.lora4j.cli;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.mix.MixPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The adapters that take part in a picture. */
final class MixOption {
  private static final int WIDTH = 600;

  @Option(
      names = "--lora",
      paramLabel = "FILE[:WEIGHT[:FROM-TO]]",
      converter = LoraOption.Reader.class,
      description =
          "Adapter to blend in, its weight (default: 1), and the share of the steps in which it"
              + " takes part, for example ink.safetensors:0.7:0.5-1. May be given several times.")
  List<LoraOption> loras = new ArrayList<>();

  @Mixin final PartialOption partial = new PartialOption();

  /** Complains about missing files before anything slow begins. */
  void requireFiles() {
    loras.forEach(l -> ExistingPath.file(l.file()));
  }

  /** Reads the adapters. */
  MixPlan plan(Console console, OpenModel model) {
    MixPlan plan = MixPlan.NONE;
    for (LoraOption lora : loras) {
      LoadedAdapter loaded = model.sd().load(lora.file(), partial.options());
      loaded.warnings().forEach(w -> console.note(lora.file() + ": " + Printable.of(w, WIDTH)));
      plan = plan.with(loaded.adapter(), lora.weight());
    }
    return plan;
  }

  /** The adapters of {@code plan}, which {@link #plan} made, one line each. */
  List<String> lines(MixPlan plan) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < loras.size(); i++) {
      LoraOption lora = loras.get(i);
      Adapter adapter = plan.parts().get(i).adapter();
      String steps =
          lora.weight().constant()
              ? ""
              : String.format(
                  Locale.ROOT, " at %.0f-%.0f %% of the steps", 100 * lora.from(), 100 * lora.to());
      lines.add(
          adapter.name() + " weight " + lora.value() + steps + ", identity " + adapter.identity());
    }
    return lines;
  }

  /** The same for programs. */
  List<Map<String, Object>> json(MixPlan plan) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < loras.size(); i++) {
      LoraOption lora = loras.get(i);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", plan.parts().get(i).adapter().name());
      one.put("file", lora.file().toString());
      one.put("identity", plan.parts().get(i).adapter().identity());
      one.put("weight", lora.value());
      one.put("from", lora.from());
      one.put("to", lora.to());
      all.add(one);
    }
    return all;
  }
}
