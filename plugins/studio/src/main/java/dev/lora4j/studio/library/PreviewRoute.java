package dev.lora4j.studio.library;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.library.AdapterFile;
import dev.lora4j.studio.thumbnail.Thumbnail;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Answers the pictures of adapters, made small; the last ones are kept in memory. */
final class PreviewRoute {
  /** What a page shows at most, at twice the density of a plain screen. */
  private static final int SIDE = 512;

  private static final long MOST_BYTES = 64L << 20;
  private static final long KEPT_BYTES = 32L << 20;

  private final AdapterPlaces places;
  private final PreviewFiles files;
  private final Map<String, Thumbnail> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  PreviewRoute(AdapterPlaces places, PreviewFiles files) {
    this.places = places;
    this.files = files;
  }

  HttpAnswer answer(HttpRequest request) throws IOException {
    AdapterFile adapter = places.find(request.query("name").orElse(""));
    Optional<Path> file = files.find(adapter, new Neighbours());
    String version = file.map(PreviewFiles::version).orElse("header");
    String key = adapter.key().name() + "\n" + version;
    Thumbnail picture = find(key);
    if (picture == null) {
      picture = read(adapter, file);
      keep(key, picture);
    }
    HttpAnswer answer = HttpAnswer.bytes(picture.type(), picture.bytes());
    boolean named = request.query("v").filter(version::equals).isPresent();
    // Another picture has another address, so that a browser need not ask again.
    return named && file.isPresent()
        ? answer.header("cache-control", "private, max-age=604800, immutable")
        : answer;
  }

  private static Thumbnail read(AdapterFile adapter, Optional<Path> file) throws IOException {
    String name = file.map(f -> f.getFileName().toString()).orElse("The picture in its header");
    try {
      byte[] content =
          file.isPresent() ? RegularFile.bytes(file.get(), MOST_BYTES) : inHeader(adapter);
      return Thumbnail.of(PictureFile.of(content), SIDE);
    } catch (PictureFileException e) {
      throw new HttpProblem(404, name + " " + e.sentence());
    }
  }

  /** The picture in a header, which is a data URL there. */
  private static byte[] inHeader(AdapterFile adapter) {
    Metadata metadata;
    try {
      metadata = AdapterFiles.metadata(adapter.real());
    } catch (RuntimeException e) {
      metadata = Metadata.EMPTY; // its card says why it cannot be read
    }
    String text =
        metadata
            .get(ModelSpecKeys.THUMBNAIL)
            .orElseThrow(() -> new HttpProblem(404, adapter.key().name() + " has no picture."));
    try {
      return Base64.getMimeDecoder().decode(text.substring(text.indexOf(',') + 1));
    } catch (IllegalArgumentException e) {
      throw new HttpProblem(404, "The picture in the header of its file is damaged.");
    }
  }

  private synchronized @Nullable Thumbnail find(String key) {
    return kept.get(key);
  }

  private synchronized void keep(String key, Thumbnail picture) {
    Thumbnail before = kept.put(key, picture);
    bytes += picture.bytes().length - (before == null ? 0 : before.bytes().length);
    var oldest = kept.values().iterator();
    while (bytes > KEPT_BYTES && oldest.hasNext()) {
      bytes -= oldest.next().bytes().length;
      oldest.remove();
    }
  }
}
