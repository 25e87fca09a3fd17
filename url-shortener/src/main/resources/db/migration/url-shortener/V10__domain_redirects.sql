-- Where a domain's owner wants visitors led who met no link. A domain without a row leads nowhere; '' is the default domain.
CREATE TABLE domain_redirects (
    domain                     text COLLATE "C" PRIMARY KEY,
    base_url_redirect          text,
    regular_404_redirect       text,
    invalid_short_url_redirect text
);
