package dev.lora4j.studio.page;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.server.http.HttpAnswer;
import dev.lora4j.server.http.HttpProblem;
import dev.lora4j.server.http.HttpRequest;
import dev.lora4j.server.http.Routes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;

/** The page's files by path. They need no token: they hold nothing of the user's. */
public final class PageFiles {
  private static final String ROOT = "/dev/lora4j/studio/web/";
  private static final Pattern PATH = Pattern.compile("[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.-]*)*");
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "png", "image/png",
          "txt", "text/plain; charset=utf-8");

  private static final int TAG = 16;

  /** A file of the page, as it is and compressed. */
  @SuppressWarnings("ArrayRecordComponent") // They are not compared.
  private record PageFile(String type, byte[] bytes, byte[] packed, String tag) {}

  private final Map<String, PageFile> files = new ConcurrentHashMap<>();

  private PageFiles() {}

  /** Where the page is. */
  public static Routes routes() {
    PageFiles page = new PageFiles();
    return Routes.none()
        .get("/", request -> page.answer(request, "index.html"))
        .get("/favicon.ico", request -> page.answer(request, "icon.svg"))
        .get("/web/{path...}", request -> page.answer(request, request.part("path")));
  }

  private HttpAnswer answer(HttpRequest request, String path) throws IOException {
    PageFile file =
        find(path).orElseThrow(() -> new HttpProblem(404, "The page has no file " + path + "."));
    if (request.header("if-none-match").filter(file.tag()::equals).isPresent()) {
      return described(HttpAnswer.empty(304), file);
    }
    boolean packed = request.header("accept-encoding").filter(s -> s.contains("gzip")).isPresent();
    return packed
        ? described(HttpAnswer.bytes(file.type(), file.packed()), file)
            .header("content-encoding", "gzip")
        : described(HttpAnswer.bytes(file.type(), file.bytes()), file);
  }

  /** A browser asks each time, so that a page of an older version is never mixed with this one. */
  private static HttpAnswer described(HttpAnswer answer, PageFile file) {
    return answer
        .header("etag", file.tag())
        .header("cache-control", "no-cache")
        .header("vary", "accept-encoding");
  }

  private Optional<PageFile> find(String path) throws IOException {
    PageFile known = files.get(path);
    if (known != null) {
      return Optional.of(known);
    }
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    if (type == null || !PATH.matcher(path).matches()) {
      return Optional.empty();
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(ROOT + path)) {
      if (in == null) {
        return Optional.empty();
      }
      byte[] bytes = in.readAllBytes();
      PageFile file = new PageFile(type, bytes, packed(bytes), '"' + tag(bytes) + '"');
      files.put(path, file);
      return Optional.of(file);
    }
  }

  private static byte[] packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static String tag(byte[] bytes) {
    return Digests.hex(bytes).substring(0, TAG);
  }
}
