package dev.lora4j.cli.adapter;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.StoredAdapterFile;
import dev.lora4j.cli.model.FamilyOption;
import dev.lora4j.cli.model.ThreadsOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.BlockName;
import dev.lora4j.core.format.BlockNames;
import dev.lora4j.core.lowrank.Comparison;
import dev.lora4j.core.lowrank.Comparison.Total;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.SiteComparison;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command that prints the distance of two adapters. */
@Extension(
    point = Command.class,
    name = "compare",
    help = "Say how far apart two adapters are, block by block.")
@picocli.CommandLine.Command(
    name = "compare",
    sortOptions = false,
    description = {
      "Say how far apart two adapters are, block by block.",
      "",
      "The cosine is that of the angle between their changes: 1 for the same direction, 0 for"
          + " nothing in common, -1 for opposites. The overlap is the share of the directions of"
          + " the one with fewer that the other has too, between 0 and 1.",
      "",
      "Blocks are called as in lists of block weights: IN04, M00, OUT03, and BASE for the text"
          + " encoders of a UNet; D12, S30, CLIP and T5 in FLUX; L07 in language models."
    })
public final class CompareCommand implements Command {
  @Parameters(
      index = "0",
      paramLabel = "A",
      converter = StoredAdapterFile.Reader.class,
      description = "An adapter.")
  private Path first = Path.of("");

  @Parameters(
      index = "1",
      paramLabel = "B",
      converter = StoredAdapterFile.Reader.class,
      description = "Another.")
  private Path second = Path.of("");

  @Mixin private final FamilyOption base = new FamilyOption();
  @Mixin private final PartialOption partial = new PartialOption();

  @Option(names = "--per-layer", description = "A line for each layer, not for each block.")
  private boolean layers;

  @Mixin private final ThreadsOption threads = new ThreadsOption();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public int run(Console console) {
    ReadAdapters read =
        ReadAdapters.of(console, List.of(first, second), base.family(), partial.options());
    Comparison found;
    try (Lora4j lora = threads.open(console);
        Scope scope = lora.engine().scope("compare")) {
      found =
          new LowRankAlgebra(scope, read.sites())
              .compare(read.all().get(0).adapter(), read.all().get(1).adapter());
    }
    if (json) {
      console.print(json(read, found).toString());
    } else {
      console.print(ComparisonBars.lines(found, layers ? "layer" : "block", rows(read, found)));
    }
    return 0;
  }

  private Map<String, Total> rows(ReadAdapters read, Comparison found) {
    Map<String, Total> rows = new LinkedHashMap<>();
    if (layers) {
      found.sites().forEach((name, site) -> rows.put(name, total(site)));
    } else {
      blocks(read, found).forEach((block, total) -> rows.put(block.toString(), total));
    }
    return rows;
  }

  private static SortedMap<BlockName, Total> blocks(ReadAdapters read, Comparison found) {
    BlockNames names = read.blocks();
    return found.by(site -> names.of(site).orElseThrow());
  }

  private static Total total(SiteComparison site) {
    return new Total(
        1, site.normA(), site.normB(), site.inner(), site.overlapOut(), site.overlapIn());
  }

  private Json json(ReadAdapters read, Comparison found) {
    Json blocks = new Json();
    blocks(read, found).forEach((block, total) -> blocks.put(block.toString(), json(total)));
    Json sites = new Json();
    found.sites().forEach((name, site) -> sites.put(name, json(total(site))));
    return new Json()
        .put("a", json(read, 0, first))
        .put("b", json(read, 1, second))
        .put("total", json(found.total()))
        .put("blocks", blocks)
        .put("layers", sites);
  }

  private static Json json(ReadAdapters read, int index, Path file) {
    return new Json()
        .put("file", file.toString())
        .put("identity", read.all().get(index).adapter().identity())
        .put("keys", KeyReport.json(read.all().get(index).account()));
  }

  private static Json json(Total total) {
    return new Json()
        .put("sites", total.sites())
        .put("normA", total.normA())
        .put("normB", total.normB())
        .put("distance", total.distance())
        .put("cosine", total.cosine())
        .put("overlapOut", total.overlapOut())
        .put("overlapIn", total.overlapIn());
  }
}
