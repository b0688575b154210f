package dev.lora4j.studio.blend;

import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.server.model.NamedAdapter;
import dev.lora4j.server.picture.PictureService;
import java.util.List;

/**
 * A blend whose base, adapters and regions were found.
 *
 * @param files of the adapters, in the order of the blend's rows
 * @param adapters with their weights, in the same order
 */
record ResolvedBlend(
    Blend blend, PictureService service, List<AdapterFile> files, List<NamedAdapter> adapters) {
  /** Copies the lists. */
  ResolvedBlend {
    files = List.copyOf(files);
    adapters = List.copyOf(adapters);
  }
}
