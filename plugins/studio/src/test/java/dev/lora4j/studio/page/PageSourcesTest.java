package dev.lora4j.studio.page;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/** The files of the page, without a browser. */
class PageSourcesTest {
  private static final Path WEB = Path.of("src/main/resources/dev/lora4j/studio/web");
  private static final int MOST_COMPRESSED = 150 * 1024;
  private static final int MOST_OF_ONE_PAGE = 100 * 1024;
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^(?:import|export)\\b[^;\"'=()]*?(?:from\\s*)?[\"']([^\"']+)[\"'];");
  private static final Pattern PAGE = Pattern.compile("name: \"([a-z]+)\"");
  private static final Pattern OTHER_HOST = Pattern.compile("https?://[^\\s\"'`)]+");

  private static List<Path> files(String ending) throws IOException {
    try (Stream<Path> all = Files.walk(WEB)) {
      return all.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }

  private static boolean vendored(Path file) {
    return file.startsWith(WEB.resolve("vendor"));
  }

  private static int packed(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.size();
  }

  @Test
  void allFilesTogetherAreSmall() throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (String ending : List.of(".html", ".css", ".js", ".svg")) {
      for (Path file : files(ending)) {
        all.write(Files.readAllBytes(file));
      }
    }
    int bytes = packed(all.toByteArray());
    assertTrue(bytes > 10_000 && bytes < MOST_COMPRESSED, bytes + " bytes");
  }

  /** A page loads what all share, and what it imports itself; each file is compressed alone. */
  @Test
  void onePageIsSmallerStill() throws IOException {
    Matcher pages = PAGE.matcher(Files.readString(WEB.resolve("router.js")));
    int count = 0;
    while (pages.find()) {
      count++;
      List<Path> loaded = new ArrayList<>(files(".css"));
      loaded.addAll(files(".html"));
      loaded.addAll(files(".svg"));
      loaded.addAll(
          reached(
              WEB.resolve("app.js"),
              WEB.resolve("theme.js"),
              WEB.resolve("pages/" + pages.group(1) + ".js")));
      int bytes = 0;
      for (Path file : loaded) {
        bytes += packed(Files.readAllBytes(file));
      }
      assertTrue(bytes < MOST_OF_ONE_PAGE, pages.group(1) + " loads " + bytes + " bytes");
    }
    assertEquals(7, count);
  }

  @Test
  void everyImportIsAFileOfThePage() throws IOException {
    List<String> missing = new ArrayList<>();
    for (Path file : files(".js")) {
      Matcher imports = IMPORT.matcher(Files.readString(file));
      while (!vendored(file) && imports.find()) {
        String name = imports.group(1);
        if (!name.startsWith(".") || !Files.exists(file.resolveSibling(name))) {
          missing.add(file + ": " + name);
        }
      }
    }
    assertEquals(List.of(), missing);
  }

  /** What these modules import, and these. */
  private static List<Path> reached(Path... roots) throws IOException {
    List<Path> reached = new ArrayList<>(List.of(roots));
    for (int i = 0; i < reached.size(); i++) {
      Matcher imports = IMPORT.matcher(Files.readString(reached.get(i)));
      while (imports.find()) {
        Path file = reached.get(i).resolveSibling(imports.group(1)).normalize();
        if (!reached.contains(file)) {
          reached.add(file);
        }
      }
    }
    return reached;
  }

  @Test
  void everyModuleIsImported() throws IOException {
    List<Path> roots = new ArrayList<>(List.of(WEB.resolve("app.js"), WEB.resolve("theme.js")));
    // The router's pages are loaded when they are first shown.
    Matcher pages = PAGE.matcher(Files.readString(WEB.resolve("router.js")));
    while (pages.find()) {
      roots.add(WEB.resolve("pages/" + pages.group(1) + ".js"));
    }
    List<Path> reached = reached(roots.toArray(Path[]::new));
    assertEquals(List.of(), files(".js").stream().filter(f -> !reached.contains(f)).toList());
  }

  @Test
  void thePageNamesNoOtherHost() throws IOException {
    List<String> named = new ArrayList<>();
    for (String ending : List.of(".html", ".css", ".js", ".svg")) {
      for (Path file : files(ending)) {
        Matcher hosts = OTHER_HOST.matcher(vendored(file) ? "" : Files.readString(file));
        while (hosts.find()) {
          // The names of XML vocabularies are no addresses.
          if (!hosts.group().startsWith("http://www.w3.org/")) {
            named.add(file + ": " + hosts.group());
          }
        }
      }
    }
    assertEquals(List.of(), named);
  }

  @Test
  void markupHoldsNoScriptStyleOrHandler() throws IOException {
    for (Path file : files(".html")) {
      String text = Files.readString(file);
      assertTrue(!text.contains("<style") && !text.contains(" style="), file.toString());
      assertTrue(!Pattern.compile("\\son[a-z]+=").matcher(text).find(), file.toString());
      assertTrue(!Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(text).find(), file.toString());
    }
    for (Path file : files(".js")) {
      String text = vendored(file) ? "" : Files.readString(file);
      for (String unsafe :
          List.of("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "document.write")) {
        assertTrue(!text.contains(unsafe), file + " has " + unsafe);
      }
    }
  }

  @Test
  void vendoredFilesAreThoseOfTheNotice() throws IOException {
    String notice = Files.readString(Path.of("../../NOTICE"));
    List<Path> vendored = files(".js").stream().filter(PageSourcesTest::vendored).toList();
    assertEquals(3, vendored.size());
    for (Path file : vendored) {
      String hash = Digests.hex(Files.readAllBytes(file));
      assertTrue(notice.contains(hash), file + " has the hash " + hash);
    }
  }
}
