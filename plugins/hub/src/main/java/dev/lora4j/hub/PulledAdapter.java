package dev.lora4j.hub;

import dev.lora4j.hub.listing.RemoteAdapter;
import dev.lora4j.hub.store.StoredAdapter;

/**
 * An adapter that was pulled.
 *
 * @param remote where it is from
 * @param stored where it is now
 */
public record PulledAdapter(RemoteAdapter remote, StoredAdapter stored) {}
