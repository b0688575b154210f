package dev.lora4j.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * The kept packages are as the listing says, so that nothing of them changes by oversight. Until a
 * release has jars to compare with, the listing is the baseline.
 */
class PublicApiTest {
  private static final Path LISTING =
      House.ROOT.resolve("plugins/architecture/src/test/resources/public-api.txt");

  private static final String ACCEPT =
      "To accept the change, run ./mvnw -B -pl plugins/architecture -am verify"
          + " -Dtest=PublicApiTest -Dsurefire.failIfNoSpecifiedTests=false -Dapi.accept, and say it"
          + " in CHANGELOG.md.";

  @Test
  void keptPackagesAreAsListed() throws IOException {
    Set<String> kept = Exports.withStatus("MAINTAINED");
    List<String> now =
        ApiListing.of(Exports.classes().filter(c -> kept.contains(c.getPackageName())));
    if (System.getProperty("api.accept") != null) {
      Files.writeString(LISTING, String.join("\n", now) + "\n");
    }
    List<String> before = Files.readAllLines(LISTING);
    assertEquals(
        List.of(),
        ApiListing.without(before, now),
        "removed or changed, which breaks callers. " + ACCEPT);
    assertEquals(List.of(), ApiListing.without(now, before), "added. " + ACCEPT);
    assertTrue(now.size() > 1000, "the listing has only " + now.size() + " lines");
  }

  @Test
  void changedMemberIsFound() {
    List<String> before = List.of("package a", "  class B", "    c(int): void", "    d: int");
    List<String> now = List.of("package a", "  class B", "    c(long): void", "    d: int");
    assertEquals(List.of("a class B: c(int): void"), ApiListing.without(before, now));
    assertEquals(List.of("a class B: c(long): void"), ApiListing.without(now, before));
  }

  @Test
  void everyExportedPackageHasAStatus() {
    Set<String> marked = new TreeSet<>(Exports.withStatus("MAINTAINED"));
    marked.addAll(Exports.withStatus("EXPERIMENTAL"));
    marked.addAll(Exports.withStatus("INTERNAL"));
    assertEquals(Exports.EXPORTED, marked);
  }
}
