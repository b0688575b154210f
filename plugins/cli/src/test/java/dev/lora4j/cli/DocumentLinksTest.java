package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Documents.Piece;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Links between documents lead somewhere, and the README stays short. */
class DocumentLinksTest {
  private static final int LONGEST_README = 120;
  private static final int LEAST = 80;

  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.+)$");

  @Test
  void everyLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    int found = 0;
    for (Path file : Documents.all()) {
      for (Piece link : Documents.outside(file, Documents.text(file), LINK)) {
        if (!link.text().contains("://")) {
          found++;
          if (!leadsSomewhere(file, link.text())) {
            broken.add(link.toString());
          }
        }
      }
    }
    assertEquals(List.of(), broken);
    assertTrue(found >= LEAST, "only " + found + " links were found");
  }

  private static boolean leadsSomewhere(Path file, String link) {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? file : file.resolveSibling(path);
    return Files.exists(target)
        && (hash < 0 || anchors(Documents.text(target)).contains(link.substring(hash + 1)));
  }

  /** The anchors of a document's headings, as GitHub names them. */
  private static Set<String> anchors(String text) {
    return Documents.outside(Documents.README, text, HEADING).stream()
        .map(Piece::text)
        .map(h -> h.toLowerCase(Locale.ROOT).replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }

  @Test
  void anchorsAreThoseOfHeadings() {
    assertEquals(
        Set.of("build-with--pcuda"), anchors("## Build with `-Pcuda`\n```sh\n# no\n```\n"));
  }

  @Test
  void readmeIsShort() {
    long lines = Documents.text(Documents.README).lines().count();
    assertTrue(lines <= LONGEST_README, "README.md has " + lines + " lines");
  }
}
