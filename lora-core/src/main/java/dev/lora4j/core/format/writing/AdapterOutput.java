package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes adapters, all or nothing. The same adapter, family, layout and options give the same
 * bytes.
 */
public final class AdapterOutput {
  private AdapterOutput() {}

  /**
   * A written adapter.
   *
   * @param adapter as the layout stores it; reading the file gives it again, unless a change says
   *     otherwise
   * @param changes differences from the adapter before writing, as sentences
   */
  public record Written(Path path, Adapter adapter, List<String> changes) {
    /** Copies its list. */
    public Written {
      changes = List.copyOf(changes);
    }
  }

  /**
   * Writes an adapter. A file replaces the one before it; a folder must not be there, or be empty.
   *
   * @param family the kind of base it is for
   * @throws AdapterException if the layout has no form for factors, a value is too large for the
   *     type, or the folder is not empty
   * @throws dev.lora4j.core.safetensors.SafetensorsException if writing fails; what was there is
   *     then as it was
   */
  public static Written write(
      Adapter adapter, Family family, AdapterWriter layout, WriteOptions options, Path path) {
    PlainLora plain = PlainLora.of(adapter, layout, options);
    FactorPreparation.Prepared prepared = FactorPreparation.of(plain.adapter(), options);
    AdapterLayout laid =
        layout.lay(new WriteRequest(prepared.adapter(), family, options.rewrite(), options.base()));
    Metadata metadata = HeaderMetadata.of(prepared.adapter(), family);
    if (layout.folder()) {
      AtomicFolder.write(
          path,
          folder -> {
            for (LayoutFile file : laid.files()) {
              Path tensors = folder.resolve(file.path());
              Files.createDirectories(tensors.resolveSibling("."));
              layout.write(file, metadata, tensors);
              for (Map.Entry<String, String> text : file.beside().entrySet()) {
                write(text.getValue(), folder.resolve(text.getKey()));
              }
            }
          });
    } else {
      layout.write(laid.files().get(0), metadata, path);
    }
    List<String> changes = new ArrayList<>(plain.changes());
    changes.addAll(prepared.changes());
    changes.addAll(laid.changes());
    return new Written(path, prepared.adapter(), changes);
  }

  private static void write(String text, Path path) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path, out -> out.write(ByteBuffer.wrap(bytes)));
  }
}
