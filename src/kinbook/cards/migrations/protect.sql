CALL kinbook_protect('cards_keys');
CALL kinbook_protect('cards_customer');
CALL kinbook_protect('cards_card');
CALL kinbook_protect('cards_autopay');
CALL kinbook_protect('cards_cardcharge');
CALL kinbook_protect('cards_chargepart');
CALL kinbook_protect('cards_told');
CALL kinbook_protect('cards_dispute');
CALL kinbook_protect('cards_cardrefund');
CALL kinbook_append_only('cards_told');
CALL kinbook_append_only('cards_chargepart');
-- A charge is a matter of money from the moment it is asked for: its states change, its row stays.
REVOKE DELETE, TRUNCATE ON cards_cardcharge, cards_cardrefund, cards_dispute, cards_card FROM kinbook_application;

CALL kinbook_tie('cards_customer', 'payer_id', 'people_party');
CALL kinbook_tie('cards_card', 'payer_id', 'people_party');
CALL kinbook_tie('cards_card', 'client_id', 'people_client');
CALL kinbook_tie('cards_autopay', 'payer_id', 'people_party');
CALL kinbook_tie('cards_autopay', 'client_id', 'people_client');
CALL kinbook_tie('cards_autopay', 'card_id', 'cards_card');
CALL kinbook_tie('cards_cardcharge', 'payer_id', 'people_party');
CALL kinbook_tie('cards_cardcharge', 'card_id', 'cards_card');
CALL kinbook_tie('cards_cardcharge', 'payment_id', 'payments_payment');
CALL kinbook_tie('cards_chargepart', 'charge_id', 'cards_cardcharge');
CALL kinbook_tie('cards_chargepart', 'invoice_id', 'invoices_invoice');
CALL kinbook_tie('cards_dispute', 'charge_id', 'cards_cardcharge');
CALL kinbook_tie('cards_cardrefund', 'charge_id', 'cards_cardcharge');

-- An invoice stands in one charge at a time whose end nobody knows yet: asked when the transaction ends, whoever writes.
CREATE FUNCTION cards_require_one_on_its_way() RETURNS trigger
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF (SELECT count(*) FROM cards_chargepart part
      JOIN cards_cardcharge charge ON charge.practice_id = part.practice_id AND charge.id = part.charge_id
      WHERE part.practice_id = NEW.practice_id AND part.invoice_id = NEW.invoice_id
        AND charge.state IN ('started', 'unknown', 'processing')) > 1 THEN
    RAISE EXCEPTION 'a charge of this invoice is on its way'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'one_charge_on_its_way';
  END IF;
  RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER one_charge_on_its_way AFTER INSERT ON cards_chargepart
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cards_require_one_on_its_way();
