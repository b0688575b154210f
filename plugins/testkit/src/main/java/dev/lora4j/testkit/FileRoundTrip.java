package dev.lora4j.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.Examination;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Adapters of a base written into a folder and read again. */
record FileRoundTrip(Path folder, Family base) {
  /** The layouts that come with the library. */
  static final List<String> LAYOUTS = List.of("kohya", "diffusers", "peft");

  /** Requires that a layout has a form for an adapter, and that each that has gives it back. */
  void requireSame(Adapter adapter, Collection<String> layouts) {
    List<String> refusals = new ArrayList<>();
    for (String name : layouts) {
      AdapterWriter layout = AdapterWriters.named(name);
      String file = adapter.name() + "-" + name + (layout.folder() ? "" : ".safetensors");
      try {
        AdapterOutput.write(adapter, base, layout, WriteOptions.EXACT, folder.resolve(file));
      } catch (AdapterException e) {
        refusals.add(String.valueOf(e.getMessage()));
        continue;
      }
      assertEquals(adapter.identity(), identity(folder.resolve(file)), file);
    }
    assertFalse(refusals.size() == layouts.size(), "no layout has a form for it: " + refusals);
  }

  private String identity(Path file) {
    Examination read = AdapterFiles.examine(file, base, ReadOptions.STRICT);
    return read.adapter().map(Adapter::identity).orElse("nothing");
  }
}
