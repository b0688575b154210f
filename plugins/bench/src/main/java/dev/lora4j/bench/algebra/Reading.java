package dev.lora4j.bench.algebra;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.format.reading.AdapterFiles;
import java.nio.file.Path;

/** A file to factors that are checked and ready to use. */
record Reading(Path file) implements Contender {
  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    return new double[] {AdapterFiles.read(file).adapter().sites().size()};
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> AdapterFiles.read(file));
  }

  @Override
  public void close() {}
}
