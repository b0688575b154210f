package dev.lora4j.core.format.sparse;

import dev.lora4j.core.format.kohya.KohyaWriter;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.writing.AdapterLayout;
import dev.lora4j.core.format.writing.AdapterWriter;
import dev.lora4j.core.format.writing.LayoutFile;
import dev.lora4j.core.format.writing.WriteRequest;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** lora4j's own layout: kohya's names, and each tensor without its zeros where that is smaller. */
@Extension(
    point = AdapterWriter.class,
    name = "lora4j",
    help = "One file without zeros, which lora4j alone reads")
public final class SparseWriter implements AdapterWriter {
  @Override
  public AdapterLayout lay(WriteRequest request) {
    AdapterLayout plain = new KohyaWriter().lay(request);
    List<LayoutFile> files = new ArrayList<>();
    for (LayoutFile file : plain.files()) {
      files.add(sparse(file));
    }
    return new AdapterLayout(files, plain.changes());
  }

  private static LayoutFile sparse(LayoutFile file) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    SortedMap<String, String> shapes = new TreeMap<>();
    file.tensors()
        .forEach(
            (key, tensor) -> {
              Optional<SparseCode> code = SparseCode.of(tensor);
              code.ifPresentOrElse(
                  c -> {
                    tensors.put(key + SparseEntries.VALUES, c.values());
                    tensors.put(key + SparseEntries.places(c.form()), c.places());
                    shapes.put(key, SparseEntries.text(tensor.shape()));
                  },
                  () -> tensors.put(key, tensor));
            });
    Metadata metadata =
        shapes.isEmpty() ? file.metadata() : file.metadata().with(SparseEntries.SHAPES, shapes);
    return new LayoutFile(file.path(), tensors, metadata, file.beside());
  }
}
