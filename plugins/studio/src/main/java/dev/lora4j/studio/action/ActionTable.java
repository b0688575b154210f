package dev.lora4j.studio.action;

import dev.lora4j.server.http.HttpProblem;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All actions by name. */
public final class ActionTable {
  private final Map<String, Action> actions = new LinkedHashMap<>();

  /**
   * A table of actions.
   *
   * @throws IllegalArgumentException if two have one name
   */
  public ActionTable(List<Action> all) {
    for (Action action : all) {
      if (actions.put(action.name(), action) != null) {
        throw new IllegalArgumentException("Two actions are called " + action.name() + ".");
      }
    }
  }

  /** The action of a name, if there is one. */
  public Optional<Action> find(String name) {
    return Optional.ofNullable(actions.get(name));
  }

  /**
   * The action of a name.
   *
   * @throws HttpProblem 404 if there is none
   */
  public Action require(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new HttpProblem(
                    404,
                    "There is no action '"
                        + name
                        + "'; there are "
                        + String.join(", ", actions.keySet())
                        + "."));
  }
}
