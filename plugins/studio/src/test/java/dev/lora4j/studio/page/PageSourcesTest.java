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
  private static final Pattern IMPORT =
      Pattern.compile("(?:import|from)\\s*\\(?\\s*[\"']([^\"']+)[\"']");
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

  @Test
  void whatABrowserLoadsIsSmall() throws IOException {
    long bytes = 0;
    for (String ending : List.of(".html", ".css", ".js", ".svg")) {
      for (Path file : files(ending)) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
          Files.copy(file, out);
        }
        bytes += packed.size();
      }
    }
    assertTrue(bytes > 10_000 && bytes < MOST_COMPRESSED, bytes + " bytes");
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

  @Test
  void everyModuleIsImported() throws IOException {
    List<Path> reached = new ArrayList<>(List.of(WEB.resolve("app.js"), WEB.resolve("theme.js")));
    // The router's pages are loaded when they are first shown.
    Matcher pages = PAGE.matcher(Files.readString(WEB.resolve("router.js")));
    while (pages.find()) {
      reached.add(WEB.resolve("pages/" + pages.group(1) + ".js"));
    }
    for (int i = 0; i < reached.size(); i++) {
      Matcher imports = IMPORT.matcher(Files.readString(reached.get(i)));
      while (imports.find()) {
        Path file = reached.get(i).resolveSibling(imports.group(1)).normalize();
        if (!reached.contains(file)) {
          reached.add(file);
        }
      }
    }
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
