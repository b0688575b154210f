package dev.lora4j.bench.text;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.TextModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Case of greedy tokens of rows that have an adapter each, beside PEFT's {@code adapter_names}. */
public record AdaptedDecodingCase(String name, DecodingSetting setting) implements Case {
  @Override
  public List<Result> measure(Bench bench) {
    Path model = setting.folder(bench);
    Path folder = bench.folder().resolve("adapters of " + setting.model());
    write(bench, model, folder);
    try (Race race = bench.race(new OurDecoding(bench.engine(), model, setting, true))) {
      return race.against(setting.transformers(bench, folder.toString()), Target.atMost(0.4))
          .run(setting.type(), setting.tolerance(), Optional.empty());
    }
  }

  private void write(Bench bench, Path model, Path folder) {
    try (Scope scope = bench.engine().scope("adapters")) {
      Files.createDirectories(folder);
      TextModel base = TextModel.load(scope, model, DType.F32);
      for (int row = 0; row < setting.rows(); row++) {
        Adapter adapter = ModelOfChance.adapter(base.sites().all(), row);
        AdapterOutput.write(
            adapter,
            base.family(),
            AdapterWriters.named("peft"),
            WriteOptions.EXACT,
            folder.resolve("a" + row));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
