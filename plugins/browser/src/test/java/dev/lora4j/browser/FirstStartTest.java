package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** A new user's first minutes. */
@TestInstance(Lifecycle.PER_CLASS)
class FirstStartTest {
  private static final List<String> PAGES =
      List.of("library", "blend", "train", "runs", "grid", "evaluate", "texts");

  private Path folder = Path.of("");
  private StudioProcess studio;
  private Chromium chromium;

  @BeforeAll
  void start(@TempDir Path empty) throws Exception {
    folder = empty;
    studio = StudioProcess.start(folder);
    chromium = Chromium.start();
  }

  @AfterAll
  void close() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    if (studio != null) {
      studio.close();
    }
  }

  @Test
  void emptyFolderBecomesAStudio() {
    StudioPage user = StudioPage.open(chromium, studio);
    user.text("glossy").waitFor();
    assertTrue(Files.isDirectory(folder.resolve("adapters")));
    assertTrue(Files.isDirectory(folder.resolve("studio")));
    assertFalse(user.page().url().contains("token"), "the key must not stay in the address");
  }

  @Test
  void everyPageWorksWithoutErrorsAndOtherHosts() {
    StudioPage user = StudioPage.open(chromium, studio);
    List<String> requests = new ArrayList<>();
    user.page().onRequest(request -> requests.add(request.url()));
    List<String> errors = Chromium.errors(user.page());
    PAGES.forEach(user::show);
    user.page().reload();
    PAGES.forEach(user::show);
    assertTrue(requests.size() > PAGES.size());
    assertEquals(
        List.of(),
        requests.stream()
            .filter(url -> !url.startsWith(studio.origin() + "/"))
            .filter(url -> !url.startsWith("blob:" + studio.origin()) && !url.startsWith("data:"))
            .toList());
    assertEquals(List.of(), errors);
  }

  @Test
  void whoeverHasNoKeyIsAskedForIt() {
    Page page = chromium.page(1280, 900, ColorScheme.LIGHT);
    page.navigate(studio.origin());
    page.locator("input").first().fill("wrong");
    page.keyboard().press("Enter");
    page.getByText("not one of this server's").first().waitFor();
    page.locator("input").first().fill(studio.token());
    page.keyboard().press("Enter");
    page.getByText("glossy").first().waitFor();
  }

  @Test
  void secondTabNeedsNoKeyAgain() {
    StudioPage user = StudioPage.open(chromium, studio);
    Page second = user.page().context().newPage();
    second.navigate(studio.origin());
    second.getByText("glossy").first().waitFor();
  }
}
