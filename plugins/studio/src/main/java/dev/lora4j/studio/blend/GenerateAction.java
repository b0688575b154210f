package dev.lora4j.studio.blend;

import com.google.gson.JsonObject;
import dev.lora4j.server.json.JsonFields;
import dev.lora4j.studio.action.Action;
import dev.lora4j.studio.action.Lane;
import dev.lora4j.studio.action.Outputs;
import dev.lora4j.studio.action.Task;
import dev.lora4j.studio.workspace.FileName;
import dev.lora4j.studio.workspace.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/** Pictures of a blend by a command line. */
final class GenerateAction implements Action {
  private static final String ENDING = ".png";
  private static final int MOST = 1000;
  private static final int TITLE = 60;
  private static final Set<String> MORE = Set.of("count", "output");

  private final Workspace workspace;
  private final BlendResolver resolver;
  private final BlendWords words;

  GenerateAction(Workspace workspace, BlendResolver resolver, BlendWords words) {
    this.workspace = workspace;
    this.resolver = resolver;
    this.words = words;
  }

  @Override
  public String name() {
    return "generate";
  }

  @Override
  public Lane lane() {
    return Lane.WORK;
  }

  @Override
  public Task task(JsonFields request, Outputs outputs) {
    ResolvedBlend resolved = resolver.resolve(Blend.of(request, MORE));
    List<String> more = new ArrayList<>();
    OptionalInt count = request.integer("count", 1, MOST);
    if (count.orElse(1) > 1) {
      more.addAll(List.of("--count", Integer.toString(count.getAsInt())));
    }
    String name = request.text("output").orElse("picture");
    FileName.require("output", name);
    String file = name.endsWith(ENDING) ? name : name + ENDING;
    more.addAll(List.of("-o", workspace.shown(outputs.file(file))));
    return new Task(title(resolved.blend()), words.of(resolved, more), "");
  }

  private static String title(Blend blend) {
    String text = blend.text();
    return "Picture: "
        + (text.codePointCount(0, text.length()) > TITLE
            ? text.substring(0, text.offsetByCodePoints(0, TITLE)) + "…"
            : text);
  }

  /** The prompt with tags for other programs, or why there is none. */
  @Override
  public JsonObject beside(JsonFields request) {
    TagText tags = TagText.of(resolver.resolve(Blend.of(request, MORE)));
    JsonObject json = new JsonObject();
    if (tags.why().isEmpty()) {
      json.addProperty("prompt", tags.text());
    } else {
      json.addProperty("why", tags.why());
    }
    return json;
  }
}
